#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace nexus::store::embedded {

// Appends numbers and texts to a string in the engine's own form: little-endian fixed sizes, varints (seven
// bits a byte, lowest first), texts led by their length. The string is whole when the writer is gone, and
// must not be touched before.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out), at_(out.data() + out.size()) {
    make_room(room_at_first);
  }
  ~ByteWriter() { out_.resize(size()); }
  ByteWriter(const ByteWriter&) = delete;
  ByteWriter& operator=(const ByteWriter&) = delete;

  // Bytes in the string, with what stood there before this writer.
  std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }

  void byte(std::uint8_t value) {
    reserve(1);
    *at_++ = static_cast<char>(value);
  }
  void boolean(bool value) { byte(value ? 1 : 0); }

  void fixed32(std::uint32_t value) { fixed(value); }
  void fixed64(std::uint64_t value) { fixed(value); }

  void varint(std::uint64_t value) {
    reserve(varint_bytes_max);
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }

  void signed_varint(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }

  void text(std::string_view value) {
    varint(value.size());
    raw(value);
  }

  void raw(std::string_view value) {
    reserve(value.size());
    at_ += value.copy(at_, value.size());
  }

  template <typename Kind>
  void id(const domain::Id<Kind>& id) {
    fixed64(id.value.high);
    fixed64(id.value.low);
  }

 private:
  static constexpr std::size_t room_at_first = 128;
  static constexpr std::size_t varint_bytes_max = 10;

  template <typename T>
  void fixed(T value) {
    static_assert(std::endian::native == std::endian::little);
    reserve(sizeof(T));
    std::memcpy(at_, &value, sizeof(T));
    at_ += sizeof(T);
  }

  void reserve(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) [[unlikely]] {
      make_room(bytes);
    }
  }
  void make_room(std::size_t bytes);

  std::string& out_;  // longer than what was written: the room is behind it
  char* at_;          // in the string: where the room begins
  char* end_ = nullptr;
};

// Reads what a ByteWriter wrote, from bytes that may be anything. The first thing that does not fit makes the
// reader fail for good: every later read gives a zero, so that callers check ok() once, at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes), total_(bytes.size()) {}

  bool ok() const { return ok_; }
  bool is_at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }
  std::size_t position() const { return total_ - bytes_.size(); }
  void fail() {
    ok_ = false;
    bytes_ = {};
  }

  std::uint8_t byte() { return static_cast<std::uint8_t>(fixed<std::uint8_t>()); }
  bool boolean() {
    const auto value = byte();
    if (value > 1) fail();
    return value == 1;
  }
  std::uint32_t fixed32() { return fixed<std::uint32_t>(); }
  std::uint64_t fixed64() { return fixed<std::uint64_t>(); }

  std::uint64_t varint() {
    // Most are short.
    if (!bytes_.empty() && static_cast<std::uint8_t>(bytes_.front()) < 0x80) {
      const auto value = static_cast<std::uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      return value;
    }
    return long_varint();
  }

  // A varint of at most `max`.
  std::uint64_t bounded(std::uint64_t max) {
    const auto value = varint();
    if (value > max) {
      fail();
      return 0;
    }
    return value;
  }

  // How many things of at least one byte each follow.
  std::size_t count() { return static_cast<std::size_t>(bounded(bytes_.size())); }

  std::int64_t signed_varint() {
    const auto value = varint();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }

  std::string_view text() { return raw(count()); }

  std::string_view raw(std::size_t size) {
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const auto value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }

  template <typename IdOfKind>
  IdOfKind id() {
    const auto high = fixed64();
    return IdOfKind{{.high = high, .low = fixed64()}};
  }

  // A one-byte enumerator not above `last`.
  template <typename Enum>
  Enum enumerator(Enum last) {
    const auto value = byte();
    if (value > static_cast<std::uint8_t>(last)) fail();
    return ok_ ? static_cast<Enum>(value) : Enum{};
  }

 private:
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    const std::size_t size = std::min<std::size_t>(bytes_.size(), 10);
    for (std::size_t i = 0; i < size; ++i) {
      const auto part = static_cast<std::uint8_t>(bytes_[i]);
      if (i == 9 && part > 1) break;
      value |= static_cast<std::uint64_t>(part & 0x7f) << (7 * i);
      if (part < 0x80) {
        bytes_.remove_prefix(i + 1);
        return value;
      }
    }
    fail();
    return 0;
  }

  template <typename T>
  T fixed() {
    T value = 0;
    if (bytes_.size() < sizeof(T)) {
      fail();
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_.remove_prefix(sizeof(T));
    return value;
  }

  std::string_view bytes_;
  std::size_t total_;
  bool ok_ = true;
};

}  // namespace nexus::store::embedded
