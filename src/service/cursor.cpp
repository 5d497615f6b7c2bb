#include "service/cursor.hpp"

#include <cstdint>
#include <optional>

#include "service/sha256.hpp"

namespace nexus::service {

namespace {

// Version byte, eight bytes that bind it to tenant and filter, position.
constexpr char version = '\1';
constexpr std::size_t binding_size = 8;
// In base64: four characters for three bytes.
constexpr std::size_t cursor_bytes_max = (1 + binding_size + cursor_position_bytes_max + 2) / 3 * 4;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text((4 * bytes.size() + 2) / 3, '\0');
  char* out = text.data();
  // The highest of `characters` * 6 bits.
  const auto write = [&](std::uint32_t bits, unsigned characters) {
    for (unsigned i = 0; i < characters; ++i) *out++ = alphabet[(bits >> (18 - 6 * i)) & 63];
  };
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) write(byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2), 4);
  if (bytes.size() - at == 2) write(byte(at) << 16 | byte(at + 1) << 8, 3);
  if (bytes.size() - at == 1) write(byte(at) << 16, 2);
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>((bits >> count) & 0xff);
    }
  }
  return bytes;
}

// A hash rather than the filter itself keeps cursors short. The position is in it too: a typo is found.
std::string binding_of(domain::TenantId tenant, std::string_view list, std::string_view position) {
  constexpr std::string_view separator("\0", 1);
  const Sha256Digest digest = sha256_of({tenant.text(), separator, list, separator, position});
  return std::string(reinterpret_cast<const char*>(digest.data()), binding_size);
}

}  // namespace

std::string make_cursor(domain::TenantId tenant, std::string_view list, std::string_view position) {
  std::string bytes(1, version);
  bytes += binding_of(tenant, list, position);
  bytes += position;
  return to_base64url(bytes);
}

domain::Result<std::string> read_cursor(std::string_view cursor, domain::TenantId tenant,
                                        std::string_view list) {
  const auto bytes = cursor.size() <= cursor_bytes_max ? from_base64url(cursor) : std::nullopt;
  // Text whose spare bits are not zero decodes, too, but was never given out.
  const bool is_ours = bytes && bytes->size() > 1 + binding_size && bytes->front() == version &&
                       to_base64url(*bytes) == cursor;
  if (is_ours) {
    std::string position = bytes->substr(1 + binding_size);
    if (bytes->compare(1, binding_size, binding_of(tenant, list, position)) == 0) return position;
  }
  return domain::fail(domain::ErrorCode::invalid_cursor,
                      "the cursor is not one of this list with this filter: begin again without a cursor");
}

}  // namespace nexus::service
