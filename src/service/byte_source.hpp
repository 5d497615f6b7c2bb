#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/error.hpp"

namespace nexus::service {

// Appends some more bytes of an input to the text and says whether there were any; false is the end of it.
using ByteSource = std::function<domain::Result<bool>(std::string& buffer)>;

// A piece of an input that is read from the front while it grows at the back.
class InputWindow {
 public:
  explicit InputWindow(ByteSource source) : source_(std::move(source)) {}

  // What has come and was not consumed yet. Good until the next call of grow().
  std::string_view view() const { return std::string_view(buffer_).substr(begin_); }

  // Waits for more; false when there is no more.
  domain::Result<bool> grow() {
    if (at_end_) return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    auto more = source_(buffer_);
    if (more && !*more) at_end_ = true;
    return more;
  }
  bool is_at_end() const { return at_end_; }

  void consume(std::size_t bytes) {
    begin_ += bytes;
    consumed_ += bytes;
  }
  // Since the beginning of the input.
  std::uint64_t consumed() const { return consumed_; }

 private:
  ByteSource source_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t consumed_ = 0;
  bool at_end_ = false;
};

}  // namespace nexus::service
