#include "http/server/request_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

namespace nexus::http {
namespace {

constexpr std::size_t first_buffer_bytes = 4 * kibibyte;
constexpr std::size_t receive_bytes_min = kibibyte;
constexpr std::size_t request_line_rest_bytes_max = 64;  // of a request line without its target

// Of each byte, in hexadecimal.
constexpr auto byte_digits = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte)
    table[byte] = {digits[byte >> 4], digits[byte & 15]};
  return table;
}();

}  // namespace

RequestIds::RequestIds() {
  std::random_device device;
  state_ = (static_cast<std::uint64_t>(device()) << 32) ^ device();
}

void RequestIds::make(std::string& id) {
  constexpr std::size_t words = 2;
  id.resize(words * 2 * sizeof state_);
  char* out = id.data();
  for (std::size_t word = 0; word < words; ++word) {
    // splitmix64: a permutation of the counter, so that no value comes twice
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    for (std::size_t byte = 0; byte < sizeof z; ++byte, z >>= 8) {
      std::memcpy(out, byte_digits[z & 0xff].data(), 2);
      out += 2;
    }
  }
}

RequestReader::RequestReader(const Limits& limits, std::size_t body_bytes_max, std::size_t listener,
                             std::string_view remote_address, RequestIds& ids)
    : limits_(limits), body_bytes_max_(body_bytes_max), ids_(ids), parser_(limits, body_bytes_max, fields_) {
  request_.listener = listener;
  request_.remote_address = remote_address;
}

RequestReader::Phase RequestReader::phase() const {
  if (head_done_) return Phase::body;
  return begin_ == end_ ? Phase::idle : Phase::head;
}

RequestReader::Progress RequestReader::advance() {
  const Progress progress = head_done_ ? advance_body() : advance_head();
  complete_ = progress == Progress::complete;
  return progress;
}

RequestReader::Scan RequestReader::scan_head() {
  while (scanned_ < end_) {
    const auto* found = static_cast<const char*>(std::memchr(data_.get() + scanned_, '\n', end_ - scanned_));
    if (found == nullptr) {
      scanned_ = end_;
      return Scan::incomplete;
    }
    const auto at = static_cast<std::size_t>(found - data_.get());
    if (at == line_begin_ || data_[at - 1] != '\r') return Scan::bad;
    const bool empty_line = at == line_begin_ + 1;
    const bool before_request = line_begin_ == begin_;
    line_begin_ = scanned_ = at + 1;
    if (!empty_line) {
      if (before_request) first_line_end_ = line_begin_;
      continue;
    }
    if (!before_request) return Scan::complete;
    begin_ = line_begin_;  // some clients send an empty line behind a body
  }
  return Scan::incomplete;
}

// So that something that isn't HTTP at all is refused when it comes, not when it has kept a connection for
// long.
bool RequestReader::has_stray_control_bytes() {
  for (checked_ = std::max(checked_, begin_); checked_ < end_; ++checked_) {
    const auto byte = static_cast<unsigned char>(data_[checked_]);
    if (byte == '\r') {
      if (checked_ + 1 == end_) return false;
      if (data_[checked_ + 1] != '\n') return true;
    } else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      return true;
    }
  }
  return false;
}

std::optional<Fault> RequestReader::check_head_size(std::size_t bytes) const {
  const std::size_t request_line_bytes = first_line_end_ == 0 ? bytes : first_line_end_ - begin_;
  if (request_line_bytes > limits_.target_bytes_max + request_line_rest_bytes_max) {
    return Fault{RefusalReason::target_too_long, "request target too long"};
  }
  if (bytes > limits_.header_bytes_max)
    return Fault{RefusalReason::headers_too_large, "request headers too large"};
  return std::nullopt;
}

RequestReader::Progress RequestReader::advance_head() {
  switch (scan_head()) {
    case Scan::bad:
      return refuse({RefusalReason::malformed, "malformed line ending"});
    case Scan::incomplete:
      if (has_stray_control_bytes())
        return refuse({RefusalReason::malformed, "control byte in the request head"});
      if (auto fault = check_head_size(end_ - begin_)) return refuse(*fault);
      return Progress::need_more;
    case Scan::complete:
      break;
  }
  head_end_ = line_begin_;
  const std::string_view head(data_.get() + begin_, head_end_ - begin_);
  if (auto fault = check_head_size(head.size())) return refuse(*fault);
  std::destroy_at(&parser_);  // it is made for one request, and made anew for the next
  std::construct_at(&parser_, limits_, body_bytes_max_, fields_);
  if (auto fault = parser_.parse_head(head)) return refuse(*fault);
  head_done_ = true;
  body_end_ = raw_begin_ = request_end_ = head_end_;
  fill_request();
  return advance_body();
}

RequestReader::Progress RequestReader::advance_body() {
  if (parser_.chunked()) {
    std::size_t consumed = 0;
    const std::string_view raw(data_.get() + raw_begin_, end_ - raw_begin_);
    if (auto fault = parser_.parse_chunks(raw, data_.get() + body_end_, consumed)) return refuse(*fault);
    raw_begin_ += consumed;
    body_end_ = head_end_ + parser_.body_bytes();
    if (parser_.is_done()) {
      request_end_ = raw_begin_;
      request_.body = {data_.get() + head_end_, body_end_ - head_end_};
      return Progress::complete;
    }
    if (end_ - raw_begin_ > RequestParser::chunk_header_bytes_max) {
      return refuse({RefusalReason::malformed, "chunk extensions or trailers too long"});
    }
  } else {
    const std::uint64_t length = parser_.announced_body_bytes();
    if (length > body_bytes_max_) return refuse({RefusalReason::body_too_large, "request body too large"});
    if (end_ - head_end_ >= length) {
      request_end_ = head_end_ + length;
      request_.body = {data_.get() + head_end_, length};
      return Progress::complete;
    }
  }
  if (parser_.expects_continue() && !continue_told_ && !parser_.is_http_1_0() && end_ == head_end_) {
    continue_told_ = true;
    return Progress::wants_continue;
  }
  return Progress::need_more;
}

RequestReader::Progress RequestReader::refuse(Fault fault) {
  fault_ = fault;
  identify();
  return Progress::refused;
}

void RequestReader::identify() {
  if (!request_.request_id.empty()) return;
  ids_.make(made_id_);
  request_.request_id = made_id_;
}

void RequestReader::fill_request() {
  request_.method = parser_.method();
  request_.target = parser_.target();
  request_.headers = fields_;
  if (!parser_.proposed_request_id().empty()) request_.request_id = parser_.proposed_request_id();
  identify();

  std::string_view resource = request_.target;
  if (const std::size_t authority = scheme_bytes(resource); authority > 0) {
    const std::size_t end = std::min(resource.find_first_of("/?", authority), resource.size());
    resource.remove_prefix(end);
  }
  const std::size_t mark = std::min(resource.find('?'), resource.size());
  request_.path = mark == 0 ? std::string_view("/") : resource.substr(0, mark);
  request_.query = resource.substr(std::min(mark + 1, resource.size()));
}

void RequestReader::next() {
  begin_ = request_end_;
  const std::size_t left = end_ - begin_;
  if (left == 0) begin_ = end_ = 0;
  if (capacity_ > limits_.idle_buffer_bytes_max && left <= first_buffer_bytes) {
    auto smaller = std::make_unique_for_overwrite<char[]>(first_buffer_bytes);
    std::memcpy(smaller.get(), data_.get() + begin_, left);
    data_ = std::move(smaller);
    capacity_ = first_buffer_bytes;
    begin_ = 0;
    end_ = left;
  }
  scanned_ = line_begin_ = checked_ = begin_;
  first_line_end_ = 0;
  head_done_ = complete_ = continue_told_ = false;
  const std::size_t listener = request_.listener;
  const std::string_view remote_address = request_.remote_address;
  request_ = Request{};
  request_.listener = listener;
  request_.remote_address = remote_address;
}

std::span<char> RequestReader::space() {
  if (capacity_ - end_ < receive_bytes_min) make_room();
  return {data_.get() + end_, capacity_ - end_};
}

void RequestReader::make_room() {
  if (head_done_ && parser_.chunked() && raw_begin_ > body_end_) {
    std::memmove(data_.get() + body_end_, data_.get() + raw_begin_, end_ - raw_begin_);
    end_ -= raw_begin_ - body_end_;
    raw_begin_ = body_end_;
  }
  if (begin_ > 0 && capacity_ - (end_ - begin_) >= receive_bytes_min) {
    move_to(data_.get());
  }
  if (capacity_ - end_ >= receive_bytes_min) return;
  const std::size_t capacity = std::max(first_buffer_bytes, 2 * capacity_);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  move_to(larger.get());
  data_.swap(larger);
  capacity_ = capacity;
}

void RequestReader::move_to(char* target) {
  if (end_ > begin_) std::memmove(target, data_.get() + begin_, end_ - begin_);
  if (head_done_) {
    parser_.rebase(data_.get() + begin_, target);
    fill_request();
  }
  for (std::size_t* offset : {&end_, &scanned_, &line_begin_, &first_line_end_, &checked_, &head_end_,
                              &body_end_, &raw_begin_, &request_end_}) {
    *offset -= std::min(begin_, *offset);
  }
  begin_ = 0;
}

}  // namespace nexus::http
