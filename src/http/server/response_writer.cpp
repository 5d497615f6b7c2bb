#include "http/server/response_writer.hpp"

#include <charconv>

#include <boost/beast/http/status.hpp>

namespace nexus::http {
namespace {

void append_number(std::string& out, std::size_t number, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

void append_status_line(std::string& out, unsigned status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  out.append(reason.data(), reason.size());
  out += "\r\n";
}

}  // namespace

void ResponseWriter::append_head(std::string& out, const Response& response, const Head& head) {
  append_status_line(out, response.status_);
  out += head.date_line;
  if (!response.content_type_.empty() && status_has_body(response.status_)) {
    out.append("Content-Type: ").append(response.content_type_).append("\r\n");
  }
  if (head.framing == Framing::length) {
    out += "Content-Length: ";
    append_number(out, head.body_bytes);
    out += "\r\n";
  } else if (head.framing == Framing::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  out.append("X-Request-ID: ").append(head.request_id).append("\r\n");
  if (head.connection == Connection::close) out += "Connection: close\r\n";
  if (head.connection == Connection::keep_alive) out += "Connection: keep-alive\r\n";
  // An ETag stays as it is: it names the record's version, and the same one in both encodings is what lets
  // If-None-Match and If-Match work across them.
  if (head.gzip) out += "Content-Encoding: gzip\r\n";
  if (head.vary) out += "Vary: Accept-Encoding\r\n";
  out += response.fields_;
  out += "\r\n";
}

void ResponseWriter::append_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  append_number(out, data.size(), 16);
  out.append("\r\n").append(data).append("\r\n");
}

}  // namespace nexus::http
