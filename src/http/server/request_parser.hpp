#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/beast/http/basic_parser.hpp>

#include "http/server/handler.hpp"
#include "http/server/options.hpp"

namespace nexus::http {

// What is wrong with a request; `message` is a literal.
struct Fault {
  RefusalReason reason;
  std::string_view message;
};

// Beast's parser, made strict. Beast follows the older, lenient rules in some places: it unfolds folded
// fields, takes lists and repetitions of Content-Length, ignores codings it doesn't know, and does not look
// at Host. Two servers that read such a request in different ways is how requests are smuggled; here they are
// refused.
//
// Keeps views into the bytes it was given: the head must lie in one piece and stay where it is (see
// rebase()).
class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  // Of the extensions of one chunk, or of all trailers. Nobody needs them, so this is no option.
  static constexpr std::size_t chunk_header_bytes_max = 8 * kibibyte;

  // `fields` is storage of the caller's, so that it can be reused.
  RequestParser(const Limits& limits, std::size_t body_bytes_max, std::vector<HeaderField>& fields);

  // Parses the head, all of which must be in `head`.
  std::optional<Fault> parse_head(std::string_view head);

  // Parses what has come of a chunked body and moves the data of the chunks to `body_end`, which must not lie
  // behind `raw`. `consumed` says how much of `raw` is done with; what follows must be given again.
  std::optional<Fault> parse_chunks(std::string_view raw, char* body_end, std::size_t& consumed);

  std::string_view method() const { return method_; }
  std::string_view target() const { return target_; }
  std::string_view proposed_request_id() const { return proposed_request_id_; }
  std::uint64_t announced_body_bytes() const {
    return announced_body_bytes_;
  }                                                         // by Content-Length, 0 without it
  std::uint64_t body_bytes() const { return body_bytes_; }  // of the chunks parsed so far
  bool is_http_1_0() const { return version_ == 10; }
  bool expects_continue() const { return expects_continue_; }
  bool accepts_gzip() const { return accepts_gzip_; }

  // The bytes have moved from `from` to `to`.
  void rebase(const char* from, const char* to);

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version,
                       error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field id, string_view name, string_view value,
                     error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t, string_view data, error_code&) override;
  void on_finish_impl(error_code&) override {}

  std::optional<Fault> check_special_field(boost::beast::http::field id, std::string_view name,
                                           std::string_view value);
  void refuse(Fault fault, error_code& error);
  std::optional<Fault> outcome(error_code error) const;

  const Limits& limits_;
  const std::size_t body_bytes_max_;
  std::vector<HeaderField>& fields_;
  std::optional<Fault> fault_;
  std::string_view head_;
  std::string_view method_;
  std::string_view target_;
  std::string_view proposed_request_id_;
  std::uint64_t announced_body_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  char* body_end_ = nullptr;
  std::size_t trailer_bytes_ = 0;
  int version_ = 0;
  unsigned hosts_ = 0;
  unsigned content_lengths_ = 0;
  unsigned transfer_encodings_ = 0;
  bool in_trailers_ = false;
  bool expects_continue_ = false;
  bool accepts_gzip_ = false;
};

// The length of "http://" or "https://" where a target begins so, else 0.
std::size_t scheme_bytes(std::string_view target);

}  // namespace nexus::http
