// What a client gets for a well-formed request.

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "test_server.hpp"

namespace nexus::http::test {
namespace {

class Exchanges : public testing::Test {
 protected:
  std::optional<Answer> ask(const std::string& bytes, bool to_head = false) {
    RawClient client(server_.endpoint());
    client.send(bytes);
    return client.read_answer(to_head);
  }
  Answer get(const std::string& target, const std::string& fields = "") {
    const auto answer = ask("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    EXPECT_TRUE(answer) << target;
    return answer.value_or(Answer{});
  }
  TestServer server_;
};

TEST_F(Exchanges, a_request_is_answered_with_all_that_a_client_needs) {
  const Answer answer = get("/echo?a=1&b=%20", "X-Sent: seen\r\n");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "GET /echo?a=1&b=%20 ");
  EXPECT_EQ(answer.header("content-type"), "text/plain");
  EXPECT_EQ(answer.header("content-length"), std::to_string(answer.body.size()));
  EXPECT_EQ(answer.header("x-seen"), "seen");
  EXPECT_TRUE(answer.header("date").ends_with(" GMT"));
  EXPECT_FALSE(answer.has("connection"));
}

TEST_F(Exchanges, white_space_around_a_value_does_not_count) {
  EXPECT_EQ(get("/echo", "X-Sent: \t a b \t \r\n").header("x-seen"), "a b");
  EXPECT_EQ(get("/echo", "x-sENT:a\r\n").header("x-seen"), "a");
}

TEST_F(Exchanges, values_may_hold_utf8) {
  EXPECT_EQ(get("/echo", "X-Sent: ö\r\n").header("x-seen"), "ö");
}

TEST_F(Exchanges, any_token_is_a_method_that_the_handler_may_judge) {
  for (const std::string method : {"TRACE", "PURGE", "x!"}) {
    const auto answer = ask(method + " /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, method + " /echo? ");
  }
  const auto connect = ask("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
  ASSERT_TRUE(connect);
  EXPECT_EQ(connect->body, "CONNECT example.com:443? ");
  EXPECT_EQ(get("/echo", "Upgrade: websocket\r\nConnection: Upgrade\r\n").body, "GET /echo? ");
}

TEST_F(Exchanges, an_absolute_target_is_the_path_within_it) {
  EXPECT_EQ(get("http://a.example/echo?x=1").body, "GET /echo?x=1 ");
  EXPECT_EQ(get("HTTPS://a.example?x=/1").body, "GET /?x=/1 ");
  EXPECT_EQ(get("http://a.example").body, "GET /? ");
}

TEST_F(Exchanges, the_clients_request_id_is_kept_where_it_is_fit) {
  EXPECT_EQ(get("/echo", "X-Request-ID: order-17/a\r\n").header("x-request-id"), "order-17/a");
  EXPECT_EQ(get("/echo", "x-request-id: " + std::string(128, 'a') + "\r\n").header("x-request-id"),
            std::string(128, 'a'));
  for (const std::string& unfit :
       {std::string(), std::string("a b"), std::string("ö"), std::string(129, 'a')}) {
    const std::string made = get("/echo", "X-Request-ID: " + unfit + "\r\n").header("x-request-id");
    EXPECT_EQ(made.size(), 32U) << unfit;
  }
}

TEST_F(Exchanges, made_request_ids_differ) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(get("/echo").header("x-request-id"));
  EXPECT_EQ(ids.size(), 100U);
}

TEST_F(Exchanges, pipelined_requests_are_answered_in_order) {
  RawClient client(server_.endpoint());
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    if (i % 3 == 0) {
      requests += "PUT /echo?" + number + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
    } else if (i % 3 == 1) {
      requests += "PUT /echo?" + number +
                  " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n";
    } else {
      requests += "GET /echo?" + number + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
  }
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    const std::string number = std::to_string(i);
    EXPECT_EQ(answer->body, i % 3 == 2 ? "GET /echo?" + number + " " : "PUT /echo?" + number + " body");
  }
}

TEST_F(Exchanges, a_long_answer_comes_whole_between_short_ones_also_to_a_client_that_is_slow_to_read) {
  const std::vector<std::size_t> sizes = {100, 5'000'000, 100, 20'000, 20'000, 3'000'000};
  for (const bool at_once : {true, false}) {
    RawClient client(server_.endpoint());
    const auto request = [](std::size_t bytes) {
      return "GET /json/" + std::to_string(bytes) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    std::string all;
    for (const std::size_t bytes : sizes) all += request(bytes);
    if (at_once) client.send(all);
    for (const std::size_t bytes : sizes) {
      if (!at_once) client.send(request(bytes));
      // Until the server has filled what there is between it and a client that doesn't read.
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      const auto answer = client.read_answer();
      ASSERT_TRUE(answer);
      EXPECT_TRUE(answer->body == expected_text(bytes)) << bytes;
    }
    client.end_sending();
    EXPECT_TRUE(client.is_closed());
  }
}

TEST_F(Exchanges, a_slow_write_does_not_hold_back_the_answer_before_it) {
  RawClient client(server_.endpoint());
  client.send(
      "GET /echo HTTP/1.1\r\nHost: a\r\n\r\nPUT /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(client.read_answer());
  server_.handler.open_gate();
  const auto second = client.read_answer();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->body, "through the gate");
}

TEST_F(Exchanges, an_empty_line_before_a_request_is_forgiven) {
  const auto answer = ask("\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
}

TEST_F(Exchanges, chunked_bodies_are_put_together) {
  const auto answer =
      ask("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
          "3;name=value\r\nabc\r\n00A ; q=\"x;y\"\r\n0123456789\r\n0;last\r\nX-Trailer: dropped\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "PUT /echo? abc0123456789");
  EXPECT_FALSE(answer->has("x-trailer"));
}

TEST_F(Exchanges, a_body_of_exactly_the_limit_is_accepted) {
  const std::string body(1024 * 1024, 'b');
  const auto whole = ask("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body, "PUT /echo? " + body);

  std::string chunks = "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 1024; ++i) chunks += "400\r\n" + std::string(1024, 'b') + "\r\n";
  const auto chunked = ask(chunks + "0\r\n\r\n");
  ASSERT_TRUE(chunked);
  EXPECT_EQ(chunked->body, "PUT /echo? " + body);
}

TEST_F(Exchanges, a_large_body_leaves_the_connection_fit_for_the_next_request) {
  RawClient client(server_.endpoint());
  const std::string body(300'000, 'b');
  for (int i = 0; i < 3; ++i) {
    client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\nContent-Length: 300000\r\n\r\n" +
                body);
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto large = client.read_answer();
    ASSERT_TRUE(large);
    EXPECT_EQ(large->body, "PUT /echo? " + body);
    EXPECT_EQ(large->header("x-request-id"), "mine");
    const auto small = client.read_answer();
    ASSERT_TRUE(small);
    EXPECT_EQ(small->body, "GET /echo? ");
  }
}

TEST_F(Exchanges, a_client_that_waits_for_continue_is_told_to) {
  RawClient client(server_.endpoint());
  client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  const auto interim = client.read_answer();
  ASSERT_TRUE(interim);
  EXPECT_EQ(interim->status, 100U);
  client.send("body");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "PUT /echo? body");
}

TEST_F(Exchanges, a_client_that_does_not_wait_for_continue_gets_just_the_answer) {
  const auto answer =
      ask("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
}

TEST_F(Exchanges, head_gets_the_headers_of_get_and_no_body) {
  RawClient client(server_.endpoint());
  for (const std::string target : {"/json/400", "/json/4000", "/echo"}) {
    const std::string fields = " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
    client.send("HEAD " + target + fields);
    const auto head = client.read_answer(true);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200U);
    if (target == "/echo") {
      EXPECT_EQ(head->header("content-length"), "12");
      continue;
    }
    client.send("GET " + target + fields);
    const auto body = client.read_answer();
    ASSERT_TRUE(body);
    for (const std::string name : {"content-length", "content-type", "content-encoding", "vary"}) {
      EXPECT_EQ(head->header(name), body->header(name)) << target << " " << name;
    }
  }
}

TEST_F(Exchanges, head_of_a_stream_has_no_length_and_runs_no_stream) {
  RawClient client(server_.endpoint());
  client.send("HEAD /stream/100000 HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = client.read_answer(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("content-type"), "text/plain");
  EXPECT_FALSE(head->has("content-length"));
  EXPECT_EQ(server_.handler.stream_pieces, 0U);
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.read_answer());
}

TEST_F(Exchanges, statuses_without_a_body_go_out_without_one) {
  RawClient client(server_.endpoint());
  for (const std::string status : {"204", "304"}) {
    client.send("GET /status/" + status + " HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::to_string(answer->status), status);
    EXPECT_FALSE(answer->has("content-length"));
    EXPECT_FALSE(answer->has("content-type"));
  }
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "GET /echo? ");
}

TEST_F(Exchanges, a_stream_is_sent_in_chunks) {
  const Answer answer = get("/stream/1000000");
  EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
  EXPECT_FALSE(answer.has("content-length"));
  EXPECT_EQ(answer.body, expected_text(1'000'000));
}

TEST_F(Exchanges, a_short_stream_is_sent_like_any_body) {
  const Answer answer = get("/stream/5000");
  EXPECT_EQ(answer.header("content-length"), "5000");
  EXPECT_EQ(answer.body, expected_text(5000));
}

TEST_F(Exchanges, a_connection_goes_on_behind_a_stream) {
  RawClient client(server_.endpoint());
  for (int i = 0; i < 3; ++i) {
    client.send(
        "GET /stream/50000 HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\nGET /echo HTTP/1.1\r\nHost: "
        "a\r\n\r\n");
    const auto stream = client.read_answer();
    ASSERT_TRUE(stream);
    EXPECT_EQ(gunzip(stream->body), expected_text(50'000));
    const auto echo = client.read_answer();
    ASSERT_TRUE(echo);
    EXPECT_EQ(echo->body, "GET /echo? ");
  }
}

TEST_F(Exchanges, a_stream_waits_for_a_client_that_does_not_read) {
  constexpr std::size_t bytes = 64 * 1024 * 1024;
  RawClient client(server_.endpoint());
  client.send("GET /stream/" + std::to_string(bytes) + " HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t before = 0;
  // Stuck once nothing has moved while another connection was served many times.
  for (int still = 0; still < 3;) {
    for (int i = 0; i < 50; ++i) get("/echo");
    const std::size_t now = server_.handler.stream_pieces;
    still = now == before ? still + 1 : 0;
    before = now;
  }
  EXPECT_LT(server_.handler.stream_pieces, bytes / 1000 / 2);
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), bytes);
}

TEST_F(Exchanges, a_stream_that_breaks_is_seen_to_be_truncated) {
  const std::string bytes =
      converse(server_.endpoint(), "GET /broken-stream/100000 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(bytes.ends_with("\r\n0\r\n\r\n"));
  EXPECT_EQ(server_.handler.troubles(), std::vector<std::string>{"stream broke"});
  EXPECT_TRUE(eventually([&] { return !server_.handler.exchanges().empty(); }));
  EXPECT_TRUE(server_.handler.exchanges().front().cut);
}

TEST_F(Exchanges, a_stream_that_breaks_at_once_is_a_500) {
  EXPECT_EQ(get("/broken-stream/100").status, 500U);
}

TEST_F(Exchanges, a_handler_that_throws_is_a_500_and_a_closed_connection) {
  RawClient client(server_.endpoint());
  client.send("GET /throw HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\n\r\n");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500U);
  EXPECT_EQ(answer->body, "refused: internal error at /throw");
  EXPECT_EQ(answer->header("x-request-id"), "mine");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server_.handler.troubles(), std::vector<std::string>{"handler broke"});
}

TEST_F(Exchanges, a_response_header_cannot_break_the_framing) {
  EXPECT_EQ(get("/bad-header").status, 500U);
  // Names are judged when the program is built: these would not be.
  for (const auto* name : {"", "X Note", "X-Note:", "content-length", "X-Request-ID", "Transfer-encoding"})
    EXPECT_FALSE(FieldName::may_be(name)) << name;
  EXPECT_TRUE(FieldName::may_be("X-Note"));
}

TEST_F(Exchanges, http_1_0_is_closed_unless_asked_otherwise) {
  RawClient closing(server_.endpoint());
  closing.send("GET /echo HTTP/1.0\r\n\r\n");
  const auto closed = closing.read_answer();
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->header("connection"), "close");
  EXPECT_TRUE(closing.is_closed());

  RawClient keeping(server_.endpoint());
  for (int i = 0; i < 2; ++i) {
    keeping.send("GET /echo HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    const auto kept = keeping.read_answer();
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->header("connection"), "keep-alive");
  }
}

TEST_F(Exchanges, http_1_0_gets_a_stream_without_chunks) {
  const std::string bytes =
      converse(server_.endpoint(), "GET /stream/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(bytes.contains("\r\nConnection: close\r\n"));
  EXPECT_FALSE(bytes.contains("Transfer-Encoding"));
  EXPECT_EQ(bytes.substr(bytes.find("\r\n\r\n") + 4), expected_text(100'000));
}

TEST_F(Exchanges, http_1_0_sees_a_broken_stream_as_a_reset) {
  RawClient client(server_.endpoint());
  client.send("GET /broken-stream/100000 HTTP/1.0\r\n\r\n");
  client.read_to_end();
  EXPECT_TRUE(client.was_reset());
}

TEST_F(Exchanges, either_side_may_end_the_connection) {
  RawClient client(server_.endpoint());
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto asked = client.read_answer();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->header("connection"), "close");
  EXPECT_TRUE(client.is_closed());

  RawClient other(server_.endpoint());
  other.send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto told = other.read_answer();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->header("connection"), "close");
  EXPECT_TRUE(other.is_closed());
}

TEST_F(Exchanges, a_client_that_has_ended_sending_still_gets_its_answer) {
  RawClient client(server_.endpoint());
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  client.end_sending();
  EXPECT_TRUE(client.read_answer());
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Exchanges, gzip_is_used_when_accepted_and_worth_it) {
  const Answer zipped = get("/json/5000", "Accept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_EQ(zipped.header("content-encoding"), "gzip");
  EXPECT_EQ(zipped.header("vary"), "Accept-Encoding");
  EXPECT_LT(zipped.body.size(), 5000U);
  EXPECT_EQ(gunzip(zipped.body), expected_text(5000));

  const Answer plain = get("/json/5000");
  EXPECT_FALSE(plain.has("content-encoding"));
  EXPECT_EQ(plain.header("vary"), "Accept-Encoding");
  EXPECT_EQ(plain.body, expected_text(5000));

  const Answer small = get("/json/1023", "Accept-Encoding: gzip\r\n");
  EXPECT_FALSE(small.has("content-encoding"));
  EXPECT_FALSE(small.has("vary"));
  EXPECT_TRUE(get("/json/1024", "Accept-Encoding: gzip\r\n").has("content-encoding"));

  const Answer encoded = get("/encoded", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(encoded.header("content-encoding"), "br");
  EXPECT_EQ(encoded.headers.count("content-encoding"), 1U);
}

TEST_F(Exchanges, what_was_exchanged_is_reported) {
  RawClient client(server_.endpoint());
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\nX-Request-ID: one\r\n\r\nnonsense\r\n\r\n");
  const std::size_t bytes = client.read_to_end().size();
  ASSERT_TRUE(eventually([&] { return server_.handler.exchanges().size() == 2; }));
  const Completed good = server_.handler.exchanges()[0];
  const Completed bad = server_.handler.exchanges()[1];
  EXPECT_EQ(good.method, "GET");
  EXPECT_EQ(good.path, "/echo");
  EXPECT_EQ(good.request_id, "one");
  EXPECT_EQ(good.status, 200U);
  EXPECT_EQ(bad.method, "");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_NE(bad.request_id, "");
  EXPECT_EQ(good.request_bytes, 50U);
  EXPECT_EQ(bad.request_bytes, 12U);
  EXPECT_EQ(good.response_bytes + bad.response_bytes, bytes);
}

TEST_F(Exchanges, of_a_long_answer_all_bytes_are_reported) {
  RawClient client(server_.endpoint());
  client.send("GET /json/3000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::size_t bytes = client.read_to_end().size();
  ASSERT_TRUE(eventually([&] { return server_.handler.exchanges().size() == 1; }));
  EXPECT_EQ(server_.handler.exchanges()[0].response_bytes, bytes);
}

}  // namespace
}  // namespace nexus::http::test
