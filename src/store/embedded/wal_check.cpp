#include "store/embedded/wal_check.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "store/embedded/crc32c.hpp"

namespace nexus::store::embedded {

namespace {

// The form of the files: https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format. Blocks of 32
// KiB, in them fragments of records: a masked checksum over type and payload, two bytes of length, the type.
constexpr std::size_t block_size = 32768;
constexpr std::size_t header_size = 7;
constexpr std::size_t record_checksum_size = 4;
constexpr std::uint8_t full_type = 1;
constexpr std::uint8_t first_type = 2;
constexpr std::uint8_t last_type = 4;

std::uint32_t masked(std::uint32_t checksum) {
  return ((checksum >> 15) | (checksum << 17)) + 0xa282ead8U;
}

struct Fragment {
  std::uint8_t type;
  std::size_t size;  // with its header
};

// The fragment that begins at `offset`; nothing when there is none, whole.
std::optional<Fragment> fragment_at(std::string_view file, std::size_t offset) {
  const std::size_t room = std::min(file.size() - offset, block_size - offset % block_size);
  if (room < header_size) return std::nullopt;
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data() + offset);
  const std::size_t length = bytes[4] | (static_cast<std::size_t>(bytes[5]) << 8);
  const std::uint8_t type = bytes[6];
  if (type < full_type || type > last_type || header_size + length > room) return std::nullopt;
  std::uint32_t checksum = 0;
  std::memcpy(&checksum, bytes, record_checksum_size);
  if (checksum != masked(crc32c(file.substr(offset + header_size - 1, 1 + length)))) return std::nullopt;
  return Fragment{.type = type, .size = header_size + length};
}

std::size_t first_unreadable(std::string_view file) {
  std::size_t offset = 0;
  while (offset < file.size()) {
    const std::size_t left = block_size - offset % block_size;
    if (left < header_size) {
      offset += left;
      continue;
    }
    const auto fragment = fragment_at(file, offset);
    if (!fragment) return offset;
    offset += fragment->size;
  }
  return file.size();
}

// Fragments of the torn record itself may have reached the disk; the beginning of another one is proof.
bool has_record_after(std::string_view file, std::size_t offset) {
  for (++offset; offset + header_size < file.size(); ++offset) {
    const auto type = static_cast<std::uint8_t>(file[offset + header_size - 1]);
    if (type != full_type && type != first_type) continue;
    if (const auto fragment = fragment_at(file, offset); fragment && fragment->size > header_size)
      return true;
  }
  return false;
}

}  // namespace

domain::Result<void> check_write_ahead_files(const Files& files, const std::filesystem::path& folder) {
  for (const auto& path : files.list(folder)) {
    if (path.extension() != ".log") continue;
    const auto file = files.map(path);
    const auto offset = first_unreadable(file.bytes());
    if (offset < file.bytes().size() && has_record_after(file.bytes(), offset)) {
      return domain::fail(domain::ErrorCode::unavailable,
                          fmt::format("{} is damaged at offset {}", path.string(), offset));
    }
  }
  return {};
}

}  // namespace nexus::store::embedded
