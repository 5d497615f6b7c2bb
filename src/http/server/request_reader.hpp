#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/message.hpp"
#include "http/server/options.hpp"
#include "http/server/request_parser.hpp"

namespace nexus::http {

// Makes request ids that don't repeat within this process nor, as good as surely, among processes.
class RequestIds {
 public:
  RequestIds();
  void make(std::string& id);

 private:
  std::uint64_t state_;
};

// Cuts the bytes of a connection into requests. Does no I/O: the session puts bytes into space() and asks
// advance() what they amount to.
class RequestReader {
 public:
  enum class Progress {
    need_more,
    wants_continue,  // the client waits for "100 Continue" before it sends the body; told once
    complete,        // request() is whole; next() goes on to the one after it
    refused,         // fault() says why; nothing after it can be understood
  };

  enum class Phase { idle, head, body };  // what is being waited for; idle: no byte of a request is there

  RequestReader(const Limits& limits, std::size_t body_bytes_max, std::size_t listener,
                std::string_view remote_address, RequestIds& ids);

  std::span<char> space();  // where to receive to; never empty
  void received(std::size_t bytes) { end_ += bytes; }
  Progress advance();
  void next();

  Phase phase() const;
  const Request& request() const {
    return request_;
  }  // what is known of it: its id always, after refused or complete
  const Request* understood_request() const { return head_done_ ? &request_ : nullptr; }
  bool is_complete() const { return complete_; }
  const Fault& fault() const { return fault_; }
  std::size_t request_bytes() const { return (complete_ ? request_end_ : end_) - begin_; }
  bool has_more() const { return end_ > request_end_; }  // bytes behind the complete request

  bool keep_alive() const { return head_done_ && parser_.keep_alive(); }
  bool is_http_1_0() const { return head_done_ && parser_.is_http_1_0(); }
  bool accepts_gzip() const { return head_done_ && parser_.accepts_gzip(); }

  // For refusals of the session's own (a timeout): gives the request an id if it has none.
  void identify();

 private:
  enum class Scan { incomplete, complete, bad };

  Scan scan_head();
  bool has_stray_control_bytes();
  std::optional<Fault> check_head_size(std::size_t bytes) const;
  Progress advance_head();
  Progress advance_body();
  Progress refuse(Fault fault);
  void fill_request();
  void make_room();
  void move_to(char* target);

  const Limits& limits_;
  const std::size_t body_bytes_max_;
  RequestIds& ids_;

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ =
      0;                 // of the current request; the offsets below count from the start of the buffer, too
  std::size_t end_ = 0;  // of what was received
  std::size_t scanned_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t first_line_end_ = 0;  // 0: not there yet
  std::size_t checked_ = 0;
  std::size_t head_end_ = 0;
  std::size_t body_end_ = 0;   // of a chunked body's data as far as put together
  std::size_t raw_begin_ = 0;  // of a chunked body's bytes that are not parsed yet
  std::size_t request_end_ = 0;

  std::vector<HeaderField> fields_;
  RequestParser parser_;  // its answers mean something once head_done_ is set
  Fault fault_{};
  std::string made_id_;
  Request request_;
  bool head_done_ = false;
  bool complete_ = false;
  bool continue_told_ = false;
};

}  // namespace nexus::http
