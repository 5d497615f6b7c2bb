#include "store/embedded/acknowledged.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "store/embedded/bytes.hpp"
#include "store/embedded/crc32c.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::size_t note_size = 12;

std::filesystem::path path_in(const std::filesystem::path& directory) {
  return directory / "acknowledged";
}

std::string encode(std::uint64_t sequence) {
  std::string note;
  ByteWriter writer(note);
  writer.fixed64(sequence);
  writer.fixed32(crc32c(note));
  return note;
}

domain::Error failed(const std::filesystem::path& path) {
  return {.code = domain::ErrorCode::unavailable,
          .message = fmt::format("cannot write {}: {}", path.string(),
                                 std::error_code(errno, std::generic_category()).message())};
}

}  // namespace

domain::Result<std::optional<std::uint64_t>> AcknowledgedNote::read(const std::filesystem::path& directory) {
  const auto path = path_in(directory);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string note(note_size, '\0');
  const auto size = ::pread(file, note.data(), note.size(), 0);
  ::close(file);
  // A power cut may leave a new file empty, or with nothing but zeros.
  const bool is_blank = std::ranges::all_of(note, [](char c) { return c == '\0'; });
  if (size != static_cast<ssize_t>(note_size) || is_blank) return std::nullopt;
  ByteReader reader(note);
  const auto sequence = reader.fixed64();
  if (reader.fixed32() != crc32c(std::string_view(note).substr(0, 8))) {
    return domain::fail(domain::ErrorCode::unavailable,
                        fmt::format("{} is damaged at offset 0", path.string()));
  }
  return sequence;
}

domain::Result<AcknowledgedNote> AcknowledgedNote::open(const std::filesystem::path& directory,
                                                        std::uint64_t sequence) {
  const auto path = path_in(directory);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return std::unexpected(failed(path));
  AcknowledgedNote note(file);
  const auto text = encode(sequence);
  // Once on the disk, its one sector is only ever replaced.
  if (::pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file) != 0) {
    return std::unexpected(failed(path));
  }
  return note;
}

AcknowledgedNote::AcknowledgedNote(AcknowledgedNote&& other) noexcept
    : file_(std::exchange(other.file_, -1)) {}

AcknowledgedNote::~AcknowledgedNote() {
  if (file_ >= 0) ::close(file_);
}

void AcknowledgedNote::write(std::uint64_t sequence) {
  const auto text = encode(sequence);
  [[maybe_unused]] const auto written = ::pwrite(file_, text.data(), text.size(), 0);
}

}  // namespace nexus::store::embedded
