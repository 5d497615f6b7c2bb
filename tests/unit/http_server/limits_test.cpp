// Clients that are slow, silent, greedy or many.

#include <chrono>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "test_server.hpp"

namespace nexus::http::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds soon{50};

TEST(Timeouts, a_head_that_does_not_end_is_a_408) {
  TestServer server([](ServerOptions& options) { options.limits.header_timeout = soon; });
  RawClient client(server.endpoint());
  client.send("GET /echo HTTP/1.1\r\nHost:");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408U);
  EXPECT_TRUE(client.is_closed());
}

TEST(Timeouts, a_head_that_trickles_is_a_408_too) {
  TestServer server([](ServerOptions& options) { options.limits.header_timeout = soon; });
  RawClient client(server.endpoint());
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\nX-Sent: ");
  while (client.send("a") && server.handler.exchanges().empty()) {
  }
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->status == 408 || answer->status == 431) << answer->status;
}

TEST(Timeouts, a_body_that_does_not_end_is_a_408) {
  TestServer server([](ServerOptions& options) { options.limits.body_timeout = soon; });
  for (const std::string body :
       {"Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n5\r\nhalf"}) {
    RawClient client(server.endpoint());
    client.send("PUT /echo HTTP/1.1\r\nHost: a\r\n" + body);
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 408U);
    EXPECT_EQ(answer->body, "refused: request did not arrive in time at /echo");
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(Timeouts, a_connection_that_says_nothing_is_closed_without_a_word) {
  TestServer server([](ServerOptions& options) {
    options.limits.header_timeout = soon;
    options.limits.idle_timeout = soon;
  });
  RawClient silent(server.endpoint());
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient idle(server.endpoint());
  idle.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(idle.read_answer());
  EXPECT_TRUE(idle.is_closed());
}

TEST(Timeouts, a_client_that_does_not_read_is_cut) {
  TestServer server([](ServerOptions& options) { options.limits.write_timeout = soon; });
  RawClient client(server.endpoint());
  client.send("GET /stream/64000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.handler.exchanges().size() == 1; }));
  EXPECT_TRUE(server.handler.exchanges().front().cut);
}

TEST(Timeouts, a_handler_may_take_longer_than_any_of_them) {
  TestServer server([](ServerOptions& options) {
    options.limits.header_timeout = options.limits.body_timeout = options.limits.idle_timeout =
        milliseconds(5);
    options.limits.write_timeout = milliseconds(5);
  });
  RawClient client(server.endpoint());
  client.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
  server.handler.wait_for_arrivals_at_gate(1);
  RawClient idle(server.endpoint());
  EXPECT_EQ(idle.read_to_end(), "");
  server.handler.open_gate();
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "through the gate");
}

TEST(Refusal, of_a_large_upload_can_be_read_by_a_client_that_sends_first) {
  TestServer server;
  RawClient client(server.endpoint());
  const std::string body(4 * 1024 * 1024, 'b');
  EXPECT_TRUE(client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n"));
  EXPECT_TRUE(client.send(body));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413U);
  EXPECT_EQ(answer->body, "refused: request body too large at /echo");
  EXPECT_TRUE(client.is_closed());
  EXPECT_FALSE(client.was_reset());
}

TEST(Refusal, does_not_listen_for_ever) {
  TestServer server([](ServerOptions& options) { options.limits.linger_timeout = soon; });
  RawClient client(server.endpoint());
  client.send("nonsense\r\n\r\n");
  EXPECT_TRUE(client.read_answer());
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 0; }));
}

TEST(BodyLimit, is_each_listeners_own) {
  TestServer server([](ServerOptions& options) {
    options.listeners.push_back({});
    options.listeners[0].body_bytes_max = 4;
    options.listeners[1].body_bytes_max = 8;
  });
  const std::string request = "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n6bytes";
  RawClient small(server.server.endpoints()[0]);
  small.send(request);
  EXPECT_EQ(small.read_answer().value().status, 413U);
  RawClient large(server.server.endpoints()[1]);
  large.send(request);
  EXPECT_EQ(large.read_answer().value().body, "PUT /echo? 6bytes");
}

TEST(ConnectionLimit, is_told_to_those_beyond_it) {
  TestServer server([](ServerOptions& options) {
    options.limits.connections_max = 2;
    options.limits.refused_connections_max = 1;
  });
  const std::string request = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.endpoint()));
    clients.back()->send(request);
    EXPECT_EQ(clients.back()->read_answer().value().status, 200U);
  }
  auto refused = std::make_unique<RawClient>(server.endpoint());
  refused->send(request);
  const auto answer = refused->read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503U);
  EXPECT_EQ(answer->body, "refused: too many connections");
  EXPECT_TRUE(refused->is_closed());

  RawClient too_much(server.endpoint());
  EXPECT_EQ(too_much.read_to_end(), "");

  clients.pop_back();
  refused.reset();
  ASSERT_TRUE(eventually([&] { return server.server.connections() == 1; }));
  RawClient welcome(server.endpoint());
  welcome.send(request);
  EXPECT_EQ(welcome.read_answer().value().status, 200U);
}

TEST(Descriptors, that_run_out_delay_a_connection_and_do_no_more_harm) {
  TestServer server;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next_free = ::dup(0);
  ::close(next_free);
  const rlimit one_more{static_cast<rlim_t>(next_free) + 1, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &one_more), 0);
  RawClient client(server.endpoint());
  client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const bool reported = eventually([&] { return !server.handler.troubles().empty(); });
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(reported);
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(server.handler.troubles().size(), 1U);
}

}  // namespace
}  // namespace nexus::http::test
