#include "http/server/request_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>
#include <limits>
#include <system_error>

#include <boost/beast/http/error.hpp>

#include "http/server/compression.hpp"

namespace nexus::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr Fault chunk_header_too_long{RefusalReason::malformed, "chunk extensions or trailers too long"};

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

constexpr bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

constexpr std::array<bool, 256> host_chars = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (char c : std::string_view("-._~%!$&'()*+;=:[]")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_host(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return host_chars[static_cast<unsigned char>(c)]; });
}

bool is_digits(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

bool parse_number(std::string_view digits, std::uint64_t& number) {
  return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
}

}  // namespace

std::size_t scheme_bytes(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

RequestParser::RequestParser(const Limits& limits, std::size_t body_bytes_max,
                             std::vector<HeaderField>& fields)
    : limits_(limits), body_bytes_max_(body_bytes_max), fields_(fields) {
  fields_.clear();
  // The limits are kept here, where the answer to them can be told apart.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(boost::none);
}

std::optional<Fault> RequestParser::parse_head(std::string_view head) {
  head_ = head;
  error_code error;
  eager(false);
  put(boost::asio::const_buffer(head.data(), head.size()), error);
  return outcome(error);
}

std::optional<Fault> RequestParser::parse_chunks(std::string_view raw, char* body_end,
                                                 std::size_t& consumed) {
  // Beast asserts that of a last chunk that it has seen the beginning of, there are at least so many bytes.
  constexpr std::size_t shortest_end = std::string_view("0\r\n\r\n").size();
  consumed = 0;
  if (raw.empty() || (raw.starts_with('0') && raw.size() < shortest_end)) return std::nullopt;
  body_end_ = body_end;
  head_ = raw;
  error_code error;
  eager(true);
  consumed = put(boost::asio::const_buffer(raw.data(), raw.size()), error);
  if (error == beast_http::error::need_more) return std::nullopt;
  return outcome(error);
}

void RequestParser::rebase(const char* from, const char* to) {
  const auto moved = [&](std::string_view text) {
    return text.empty() ? text : std::string_view(to + (text.data() - from), text.size());
  };
  method_ = moved(method_);
  target_ = moved(target_);
  proposed_request_id_ = moved(proposed_request_id_);
  for (HeaderField& field : fields_) field = {moved(field.name), moved(field.value)};
}

void RequestParser::refuse(Fault fault, error_code& error) {
  fault_ = fault;
  error = beast_http::error::bad_value;
}

std::optional<Fault> RequestParser::outcome(error_code error) const {
  if (fault_) return fault_;
  if (!error) return std::nullopt;
  std::string_view message = "malformed request";
  if (error == beast_http::error::bad_method) message = "malformed method";
  if (error == beast_http::error::bad_target) message = "malformed request target";
  if (error == beast_http::error::bad_version) message = "not an HTTP/1.0 or HTTP/1.1 request line";
  if (error == beast_http::error::bad_field) message = "malformed header name";
  if (error == beast_http::error::bad_value) message = "malformed header value";
  if (error == beast_http::error::bad_line_ending) message = "malformed line ending";
  if (error == beast_http::error::bad_content_length) message = "malformed Content-Length";
  if (error == beast_http::error::bad_transfer_encoding) message = "malformed Transfer-Encoding";
  if (error == beast_http::error::bad_chunk) message = "malformed chunk";
  if (error == beast_http::error::bad_chunk_extension) message = "malformed chunk extension";
  return Fault{RefusalReason::malformed, message};
}

void RequestParser::on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                                    error_code& error) {
  method_ = view(method);
  target_ = view(target);
  version_ = version;
  if (target_.size() > limits_.target_bytes_max) {
    return refuse({RefusalReason::target_too_long, "request target too long"}, error);
  }
  if (!std::ranges::all_of(target_, [](char c) { return is_visible(c) && c != '#'; })) {
    return refuse({RefusalReason::malformed, "request target must be percent-encoded"}, error);
  }
  if (!target_.starts_with('/') && target_ != "*" && method_ != "CONNECT" && scheme_bytes(target_) == 0) {
    return refuse({RefusalReason::malformed, "request target must begin with a slash"}, error);
  }
}

void RequestParser::on_field_impl(beast_http::field id, string_view name, string_view value,
                                  error_code& error) {
  const std::string_view field_name = view(name);
  const std::string_view field_value = view(value);
  if (!field_value.empty()) {
    // A folded value has either been put together elsewhere, or begins on another line than its name.
    const std::less<const char*> before;
    const char* name_end = field_name.data() + field_name.size();
    const bool in_place =
        !before(field_value.data(), name_end) && before(field_value.data(), head_.data() + head_.size());
    if (!in_place ||
        std::memchr(name_end, '\r', static_cast<std::size_t>(field_value.data() - name_end)) != nullptr) {
      return refuse({RefusalReason::malformed, "folded header lines are not accepted"}, error);
    }
  }
  if (in_trailers_) {
    trailer_bytes_ += field_name.size() + field_value.size();
    if (trailer_bytes_ > chunk_header_bytes_max) refuse(chunk_header_too_long, error);
    return;
  }
  if (fields_.size() == limits_.headers_max) {
    return refuse({RefusalReason::headers_too_large, "too many header fields"}, error);
  }
  fields_.push_back({field_name, field_value});
  if (auto fault = check_special_field(id, field_name, field_value)) refuse(*fault, error);
}

std::optional<Fault> RequestParser::check_special_field(beast_http::field id, std::string_view name,
                                                        std::string_view value) {
  switch (id) {
    case beast_http::field::host:
      if (++hosts_ > 1) return Fault{RefusalReason::malformed, "more than one Host header"};
      if (!is_host(value)) return Fault{RefusalReason::malformed, "malformed Host header"};
      break;
    case beast_http::field::content_length:
      if (++content_lengths_ > 1 || !is_digits(value) || !parse_number(value, announced_body_bytes_)) {
        return Fault{RefusalReason::malformed, "malformed Content-Length"};
      }
      break;
    case beast_http::field::transfer_encoding:
      if (++transfer_encodings_ > 1 || !equal_ignoring_case(value, "chunked")) {
        return Fault{RefusalReason::malformed, "Transfer-Encoding must be chunked and nothing else"};
      }
      break;
    case beast_http::field::expect:
      if (!equal_ignoring_case(value, "100-continue")) {
        return Fault{RefusalReason::expectation_unknown, "Expect must be 100-continue"};
      }
      expects_continue_ = true;
      break;
    case beast_http::field::accept_encoding:
      accepts_gzip_ = accepts_gzip_ || nexus::http::accepts_gzip(value);
      break;
    default:
      if (proposed_request_id_.empty() && equal_ignoring_case(name, "X-Request-ID") && value.size() <= 128 &&
          std::ranges::all_of(value, is_visible)) {
        proposed_request_id_ = value;
      }
  }
  return std::nullopt;
}

void RequestParser::on_header_impl(error_code& error) {
  if (version_ == 11 && hosts_ == 0) {
    return refuse({RefusalReason::malformed, "Host header missing"}, error);
  }
  if (transfer_encodings_ > 0 && content_lengths_ > 0) {
    return refuse({RefusalReason::malformed, "both Content-Length and Transfer-Encoding"}, error);
  }
  if (transfer_encodings_ > 0 && version_ != 11) {
    return refuse({RefusalReason::malformed, "Transfer-Encoding in an HTTP/1.0 request"}, error);
  }
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) {
  if (extensions.size() > chunk_header_bytes_max) return refuse(chunk_header_too_long, error);
  // Beast lets quoted extensions hold anything, line ends included.
  if (std::ranges::any_of(extensions,
                          [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; })) {
    return refuse({RefusalReason::malformed, "malformed chunk extension"}, error);
  }
  if (size > body_bytes_max_ - std::min<std::uint64_t>(body_bytes_, body_bytes_max_)) {
    return refuse({RefusalReason::body_too_large, "request body too large"}, error);
  }
  in_trailers_ = size == 0;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view data, error_code&) {
  std::memmove(body_end_, data.data(), data.size());
  body_end_ += data.size();
  body_bytes_ += data.size();
  return data.size();
}

}  // namespace nexus::http
