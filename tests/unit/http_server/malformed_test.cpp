// Requests that two servers could read in different ways, or that are no requests at all: each is refused,
// and the connection ends, so that nothing behind it is taken for a request.

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "test_server.hpp"

namespace nexus::http::test {
namespace {

using std::string_literals::operator""s;

struct Malformed {
  const char* name;
  std::string bytes;
  unsigned status = 400;
};

void PrintTo(const Malformed& malformed, std::ostream* out) {
  *out << malformed.name;
}

std::string get(const std::string& fields) {
  return "GET /echo HTTP/1.1\r\n" + fields + "\r\n";
}
std::string put(const std::string& fields, const std::string& body) {
  return "PUT /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) {
  return put("Transfer-Encoding: chunked\r\n", body);
}

const Malformed table[] = {
    {"no_version", "GET /echo\r\n\r\n"},
    {"version_2", "GET /echo HTTP/2.0\r\nHost: a\r\n\r\n"},
    {"version_1_2", "GET /echo HTTP/1.2\r\nHost: a\r\n\r\n"},
    {"version_0_9", "GET /echo HTTP/0.9\r\nHost: a\r\n\r\n"},
    {"lower_case_version", "GET /echo http/1.1\r\nHost: a\r\n\r\n"},
    {"http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"tls_hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s},
    {"nothing_but_text", "hello\r\n\r\n"},
    {"empty_method", " /echo HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"method_with_brackets", "G[]T /echo HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two_spaces_before_target", "GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two_spaces_before_version", "GET /echo  HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space_in_target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space_behind_version", "GET /echo HTTP/1.1 \r\nHost: a\r\n\r\n"},
    {"tab_in_request_line", "GET\t/echo HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"raw_utf8_in_target", "GET /\xc3\xb6 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"fragment_in_target", "GET /echo#top HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"target_without_slash", "GET echo HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"target_of_another_scheme", "GET ftp://a/echo HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"control_byte_in_target", "GET /e\x01 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"nul_in_target", "GET /e\0 HTTP/1.1\r\nHost: a\r\n\r\n"s},
    {"bare_lf_lines", "GET /echo HTTP/1.1\nHost: a\n\n"},
    {"bare_lf_behind_request_line", "GET /echo HTTP/1.1\nHost: a\r\n\r\n"},
    {"bare_lf_between_fields", get("Host: a\nX-Sent: b\r\n")},
    {"bare_lf_as_end_of_head", "GET /echo HTTP/1.1\r\nHost: a\r\n\n"},
    {"bare_cr_in_value", get("Host: a\r\nX-Sent: a\rb\r\n")},
    {"bare_cr_in_request_line", "GET /echo HTTP/1.1\rHost: a\r\n\r\n"},
    {"double_cr", "GET /echo HTTP/1.1\r\r\nHost: a\r\n\r\n"},
    {"folded_value", get("Host: a\r\nX-Sent: one\r\n two\r\n")},
    {"folded_with_tab", get("Host: a\r\nX-Sent: one\r\n\ttwo\r\n")},
    {"folded_behind_empty_line", get("Host: a\r\nX-Sent:\r\n two\r\n")},
    {"folded_blank_line", get("Host: a\r\nX-Sent: one\r\n \r\n")},
    {"first_field_indented", get(" Host: a\r\n")},
    {"space_before_colon", get("Host : a\r\n")},
    {"space_before_colon_of_length", put("Content-Length : 2\r\n", "ab")},
    {"tab_before_colon", get("Host: a\r\nX-Sent\t: b\r\n")},
    {"field_without_colon", get("Host: a\r\nX-Sent\r\n")},
    {"field_without_name", get("Host: a\r\n: b\r\n")},
    {"name_with_space", get("Host: a\r\nX Sent: b\r\n")},
    {"name_with_utf8", get("Host: a\r\nX-S\xc3\xa9nt: b\r\n")},
    {"nul_in_value", get("Host: a\r\nX-Sent: a\0b\r\n"s)},
    {"control_byte_in_value", get("Host: a\r\nX-Sent: a\x01 b\r\n")},
    {"delete_byte_in_value", get("Host: a\r\nX-Sent: a\x7f\r\n")},
    {"no_host", get("X-Sent: a\r\n")},
    {"no_fields", get("")},
    {"two_hosts", get("Host: a\r\nHost: b\r\n")},
    {"same_host_twice", get("Host: a\r\nhost: a\r\n")},
    {"host_list", get("Host: a, b\r\n")},
    {"host_with_path", get("Host: a/b\r\n")},
    {"host_with_user", get("Host: me@a\r\n")},
    {"two_hosts_in_1_0", "GET /echo HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"malformed_connection", get("Host: a\r\nConnection: close;;\x22\r\n")},
    {"empty_length", put("Content-Length:\r\n", "")},
    {"signed_length", put("Content-Length: +2\r\n", "ab")},
    {"negative_length", put("Content-Length: -2\r\n", "ab")},
    {"hex_length", put("Content-Length: 0x2\r\n", "ab")},
    {"fraction_length", put("Content-Length: 2.0\r\n", "ab")},
    {"length_with_space_inside", put("Content-Length: 2 2\r\n", "ab")},
    {"length_list", put("Content-Length: 2, 2\r\n", "ab")},
    {"length_twice_the_same", put("Content-Length: 2\r\nContent-Length: 2\r\n", "ab")},
    {"length_twice_different", put("Content-Length: 2\r\nContent-Length: 3\r\n", "abc")},
    {"length_beyond_64_bits", put("Content-Length: 18446744073709551616\r\n", "")},
    {"length_and_chunks", put("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"chunks_and_length", put("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
    {"coding_unknown", put("Transfer-Encoding: gzip\r\n", "")},
    {"coding_identity", put("Transfer-Encoding: identity\r\n", "")},
    {"coding_empty", put("Transfer-Encoding:\r\n", "")},
    {"coding_before_chunked", put("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
    {"coding_behind_chunked", put("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")},
    {"coding_chunked_twice",
     put("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"coding_chunked_then_identity",
     put("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "")},
    {"coding_quoted", put("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
    {"coding_with_vertical_tab", put("Transfer-Encoding: \x0b chunked\r\n", "0\r\n\r\n")},
    {"coding_almost_chunked", put("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
    {"chunks_in_1_0", "PUT /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"chunk_without_size", chunked("\r\nab\r\n0\r\n\r\n")},
    {"chunk_size_signed", chunked("+2\r\nab\r\n0\r\n\r\n")},
    {"chunk_size_with_prefix", chunked("0x2\r\nab\r\n0\r\n\r\n")},
    {"chunk_size_indented", chunked(" 2\r\nab\r\n0\r\n\r\n")},
    {"chunk_size_followed_by_space", chunked("2 \r\nab\r\n0\r\n\r\n")},
    {"chunk_size_not_hex", chunked("g\r\nab\r\n0\r\n\r\n")},
    {"chunk_size_beyond_64_bits", chunked("10000000000000002\r\nab\r\n0\r\n\r\n")},
    {"chunk_longer_than_its_size", chunked("2\r\nabc\r\n0\r\n\r\n")},
    {"chunk_shorter_than_its_size", chunked("4\r\nab\r\n0\r\n\r\n")},
    {"chunk_size_ended_by_bare_lf", chunked("2\nab\r\n0\r\n\r\n")},
    {"chunk_ended_by_bare_lf", chunked("2\r\nab\n0\r\n\r\n")},
    {"chunk_size_ended_by_bare_cr", chunked("2\rab\r\n0\r\n\r\n")},
    {"chunk_extension_without_name", chunked("2;\r\nab\r\n0\r\n\r\n")},
    {"chunk_extension_hides_line_end", chunked("2;a=\"\n\"\r\nab\r\n0\r\n\r\n")},
    {"chunk_extension_hides_nul", chunked("2;a=\"\0\"\r\nab\r\n0\r\n\r\n"s)},
    {"last_chunk_extension_hides_line_end", chunked("0;a=\"\n\"\r\n\r\n")},
    {"trailer_without_colon", chunked("0\r\nX-Sent\r\n\r\n")},
    {"trailer_folded", chunked("0\r\nX-Sent: a\r\n b\r\n\r\n")},
    {"trailer_with_length", chunked("0\r\nContent-Length: 5\r\n\r\n")},
    {"trailer_with_coding", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
    {"trailers_too_long", chunked("0\r\nX-Sent: " + std::string(9000, 'a'))},
    {"chunk_extension_too_long", chunked("2;a=" + std::string(9000, 'a'))},
    {"expectation_unknown", put("Expect: 200-ok\r\nContent-Length: 2\r\n", "ab"), 417},
    {"target_too_long", "GET /" + std::string(8 * 1024, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    {"target_without_end", "GET /" + std::string(12 * 1024, 'a'), 414},
    {"value_too_long", get("Host: a\r\nX-Sent: " + std::string(16 * 1024, 'a') + "\r\n"), 431},
    {"value_without_end", "GET /echo HTTP/1.1\r\nHost: a\r\nX-Sent: " + std::string(17 * 1024, 'a'), 431},
    {"too_many_fields",
     get("Host: a\r\n" +
         [] {
           std::string fields;
           for (int i = 0; i < 100; ++i) fields += "A: b\r\n";
           return fields;
         }()),
     431},
    {"body_too_large", put("Content-Length: 1048577\r\n", ""), 413},
    {"body_absurdly_large", put("Content-Length: 18446744073709551615\r\n", ""), 413},
    {"body_too_large_expecting", put("Content-Length: 1048577\r\nExpect: 100-continue\r\n", ""), 413},
    {"chunk_too_large", chunked("100001\r\n"), 413},
    {"chunks_too_large_together", chunked("80000\r\n" + std::string(0x80000, 'a') + "\r\n80001\r\n"), 413},
    {"chunk_absurdly_large", chunked("2\r\nab\r\nffffffffffffffff\r\n"), 413},
};

class MalformedRequest : public testing::TestWithParam<Malformed> {
 protected:
  static void SetUpTestSuite() { server_ = new TestServer; }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  static TestServer* server_;
};

TestServer* MalformedRequest::server_ = nullptr;

// A request that follows must not be answered, however the malformed one is read.
const std::string follower = "GET /echo?follower HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_P(MalformedRequest, is_refused_and_the_connection_closed) {
  RawClient client(server_->endpoint());
  client.send(GetParam().bytes);
  client.send(follower);
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, GetParam().status);
  EXPECT_TRUE(answer->body.starts_with("refused: ")) << answer->body;
  EXPECT_EQ(answer->header("connection"), "close");
  EXPECT_EQ(answer->header("x-request-id").size(), 32U);
  EXPECT_TRUE(client.is_closed());
  EXPECT_FALSE(client.was_reset());
}

TEST_P(MalformedRequest, comes_after_the_answer_to_the_request_before_it) {
  RawClient client(server_->endpoint());
  client.send("GET /echo?first HTTP/1.1\r\nHost: a\r\n\r\n" + GetParam().bytes);
  client.send(follower);
  const auto first = client.read_answer();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body, "GET /echo?first ");
  const auto second = client.read_answer();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, GetParam().status);
  EXPECT_TRUE(client.is_closed());
}

INSTANTIATE_TEST_SUITE_P(Table, MalformedRequest, testing::ValuesIn(table),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace nexus::http::test
