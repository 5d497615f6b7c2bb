#include "http/server/response_writer.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include <boost/beast/http/status.hpp>

#include "http/server/append.hpp"

namespace nexus::http {
namespace {

class Digits {
 public:
  explicit Digits(std::size_t number, int base = 10)
      : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), number, base).ptr) {}
  Digits(const Digits&) = delete;
  Digits& operator=(const Digits&) = delete;
  operator std::string_view() const { return {digits_.data(), end_}; }  // NOLINT(google-explicit-constructor)

 private:
  std::array<char, 24> digits_;
  const char* end_;
};

void append_status_line(std::string& out, unsigned status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  append(out, "HTTP/1.1 ", Digits(status), " ", std::string_view(reason.data(), reason.size()), "\r\n");
}

}  // namespace

void ResponseWriter::append_head(std::string& out, const Response& response, const Head& head) {
  append_status_line(out, response.status_);
  out += head.date_line;
  if (!response.content_type_.empty() && status_has_body(response.status_)) {
    append(out, "Content-Type: ", response.content_type_, "\r\n");
  }
  if (head.framing == Framing::length) {
    append(out, "Content-Length: ", Digits(head.body_bytes), "\r\n");
  } else if (head.framing == Framing::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  append(out, "X-Request-ID: ", head.request_id, "\r\n");
  if (head.connection == Connection::close) out += "Connection: close\r\n";
  if (head.connection == Connection::keep_alive) out += "Connection: keep-alive\r\n";
  // An ETag stays as it is: it names the record's version, and the same one in both encodings is what lets
  // If-None-Match and If-Match work across them.
  if (head.gzip) out += "Content-Encoding: gzip\r\n";
  if (head.vary) out += "Vary: Accept-Encoding\r\n";
  append(out, response.fields_, "\r\n");
}

void ResponseWriter::append_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  append(out, Digits(data.size(), 16), "\r\n", data, "\r\n");
}

}  // namespace nexus::http
