// However the network cuts a request into pieces, the same request is read.

#include "http/server/request_reader.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

using Progress = RequestReader::Progress;

std::string describe(const Request& request) {
  std::string text;
  for (std::string_view part :
       {request.method, request.target, request.path, request.query, request.request_id}) {
    text.append(part).append("|");
  }
  for (const HeaderField& field : request.headers)
    text.append(field.name).append("=").append(field.value).append("|");
  return text.append(request.body);
}

void feed(RequestReader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> space = reader.space();
    const std::size_t count = std::min(space.size(), bytes.size());
    std::copy_n(bytes.begin(), count, space.begin());
    reader.received(count);
    bytes.remove_prefix(count);
  }
}

// All requests that are complete, and "refused" where it ends so.
void collect(RequestReader& reader, std::vector<std::string>& requests) {
  for (;;) {
    const Progress progress = reader.advance();
    if (progress == Progress::need_more || progress == Progress::wants_continue) return;
    if (progress == Progress::refused) {
      if (requests.empty() || requests.back() != "refused") requests.emplace_back("refused");
      return;
    }
    requests.push_back(describe(reader.request()));
    reader.next();
  }
}

class Reading : public testing::Test {
 protected:
  RequestReader reader() { return {limits_, 1024 * 1024, 0, "", ids_}; }

  Limits limits_;
  RequestIds ids_;
};

const std::string several_requests =
    "PUT /a?b=c HTTP/1.1\r\nHost: example.com\r\nX-Request-ID: one\r\nContent-Length: 11\r\n\r\nhello world"
    "\r\nGET /b HTTP/1.1\r\nHost: h\r\nX-Request-ID: two\r\nX-Empty:\r\n\r\n"
    "POST /c HTTP/1.1\r\nHost: h\r\nX-Request-ID: three\r\nTransfer-Encoding: chunked\r\nExpect: "
    "100-continue\r\n\r\n"
    "5;x=\"y\"\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: t\r\n\r\n"
    "GET /d HTTP/1.1\r\nHost: h\r\nX-Request-ID: four\r\n\r\n";

const std::vector<std::string> what_they_say = {
    "PUT|/a?b=c|/a|b=c|one|Host=example.com|X-Request-ID=one|Content-Length=11|hello world",
    "GET|/b|/b||two|Host=h|X-Request-ID=two|X-Empty=|",
    "POST|/c|/c||three|Host=h|X-Request-ID=three|Transfer-Encoding=chunked|Expect=100-continue|hello world",
    "GET|/d|/d||four|Host=h|X-Request-ID=four|",
};

TEST_F(Reading, requests_in_one_piece) {
  RequestReader all = reader();
  std::vector<std::string> requests;
  feed(all, several_requests);
  collect(all, requests);
  EXPECT_EQ(requests, what_they_say);
}

TEST_F(Reading, requests_cut_in_two_anywhere) {
  for (std::size_t cut = 0; cut <= several_requests.size(); ++cut) {
    RequestReader halves = reader();
    std::vector<std::string> requests;
    for (std::string_view half : {std::string_view(several_requests).substr(0, cut),
                                  std::string_view(several_requests).substr(cut)}) {
      feed(halves, half);
      collect(halves, requests);
    }
    ASSERT_EQ(requests, what_they_say) << "cut at " << cut;
  }
}

TEST_F(Reading, requests_byte_by_byte_and_in_small_pieces) {
  for (std::size_t size = 1; size <= 40; ++size) {
    RequestReader pieces = reader();
    std::vector<std::string> requests;
    for (std::size_t at = 0; at < several_requests.size(); at += size) {
      feed(pieces, std::string_view(several_requests).substr(at, size));
      collect(pieces, requests);
    }
    ASSERT_EQ(requests, what_they_say) << "pieces of " << size;
  }
}

TEST_F(Reading, an_empty_chunked_body_byte_by_byte) {
  const std::string head =
      "POST /c HTTP/1.1\r\nHost: h\r\nX-Request-ID: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string end : {"0\r\n\r\n", "0\r\nTrailer: t\r\n\r\n", "00\r\n\r\n", "0;a\r\n\r\n"}) {
    RequestReader bytes = reader();
    std::vector<std::string> requests;
    for (const char byte : head + end) {
      feed(bytes, std::string_view(&byte, 1));
      collect(bytes, requests);
    }
    EXPECT_EQ(requests,
              std::vector<std::string>{"POST|/c|/c||x|Host=h|X-Request-ID=x|Transfer-Encoding=chunked|"})
        << end;
  }
}

TEST_F(Reading, views_stay_right_while_a_large_body_makes_the_buffer_grow) {
  const std::string body(200'000, 'x');
  const std::string first = "GET /first HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string head = "PUT /large?q HTTP/1.1\r\nHost: h\r\nX-Request-ID: big\r\nX-Last: v\r\n";
  const std::string expected = "PUT|/large?q|/large|q|big|Host=h|X-Request-ID=big|X-Last=v|";
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 1000) chunks += "3e8\r\n" + body.substr(at, 1000) + "\r\n";
  for (std::size_t size : {777U, 4096U, 50'000U}) {
    for (const bool chunked : {false, true}) {
      const std::string bytes = first + head +
                                (chunked ? "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"
                                         : "Content-Length: 200000\r\n\r\n" + body) +
                                first;
      RequestReader pieces = reader();
      std::vector<std::string> requests;
      for (std::size_t at = 0; at < bytes.size(); at += size) {
        feed(pieces, std::string_view(bytes).substr(at, size));
        collect(pieces, requests);
      }
      ASSERT_EQ(requests.size(), 3U);
      EXPECT_EQ(requests[1],
                expected + (chunked ? "Transfer-Encoding=chunked|" : "Content-Length=200000|") + body);
      EXPECT_TRUE(requests[2].starts_with("GET|/first|"));
    }
  }
}

TEST_F(Reading, a_made_id_does_not_change_while_the_body_arrives) {
  RequestReader slow = reader();
  feed(slow, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_EQ(slow.advance(), Progress::need_more);
  const std::string id(slow.request().request_id);
  EXPECT_EQ(id.size(), 32U);
  feed(slow, std::string(100'000, 'x'));
  EXPECT_EQ(slow.advance(), Progress::complete);
  EXPECT_EQ(slow.request().request_id, id);
}

TEST_F(Reading, malformed_requests_are_refused_however_they_are_cut) {
  for (const std::string malformed : {
           "GET /a HTTP/1.1\nHost: h\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
           "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
           "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: a\r\n "
           "b\r\n\r\n",
           "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
       }) {
    for (std::size_t cut = 0; cut <= malformed.size(); ++cut) {
      RequestReader halves = reader();
      std::vector<std::string> requests;
      feed(halves, std::string_view(malformed).substr(0, cut));
      collect(halves, requests);
      if (requests.empty()) {
        feed(halves, std::string_view(malformed).substr(cut));
        collect(halves, requests);
      }
      ASSERT_EQ(requests, std::vector<std::string>{"refused"}) << malformed << "cut at " << cut;
    }
  }
}

TEST_F(Reading, tells_what_it_waits_for) {
  using Phase = RequestReader::Phase;
  RequestReader slow = reader();
  EXPECT_EQ(slow.phase(), Phase::idle);
  feed(slow, "PUT /a HTTP/1.1\r\n");
  slow.advance();
  EXPECT_EQ(slow.phase(), Phase::head);
  feed(slow, "Host: h\r\nContent-Length: 2\r\n\r\na");
  slow.advance();
  EXPECT_EQ(slow.phase(), Phase::body);
  feed(slow, "b");
  EXPECT_EQ(slow.advance(), Progress::complete);
  slow.next();
  EXPECT_EQ(slow.phase(), Phase::idle);
}

}  // namespace
}  // namespace nexus::http
