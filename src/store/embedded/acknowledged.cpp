#include "store/embedded/acknowledged.hpp"

#include <algorithm>
#include <string>
#include <string_view>

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
  ByteWriter(note).fixed64(sequence);
  const auto checksum = crc32c(note);
  ByteWriter(note).fixed32(checksum);
  return note;
}

}  // namespace

domain::Result<std::optional<std::uint64_t>> AcknowledgedNote::read(const Files& files,
                                                                    const std::filesystem::path& directory) {
  const auto path = path_in(directory);
  const auto file = files.map(path);
  // A power cut may leave a new file empty, or with nothing but zeros.
  if (file.bytes().size() < note_size) return std::nullopt;
  const auto note = file.bytes().substr(0, note_size);
  if (std::ranges::all_of(note, [](char c) { return c == '\0'; })) return std::nullopt;
  ByteReader reader(note);
  const auto sequence = reader.fixed64();
  if (reader.fixed32() != crc32c(note.substr(0, 8))) {
    return domain::fail(domain::ErrorCode::unavailable,
                        fmt::format("{} is damaged at offset 0", path.string()));
  }
  return sequence;
}

domain::Result<AcknowledgedNote> AcknowledgedNote::open(const Files& files,
                                                        const std::filesystem::path& directory,
                                                        std::uint64_t sequence) {
  const auto path = path_in(directory).string();
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  rocksdb::IOStatus status;
  if (!files.exists(path)) {
    std::unique_ptr<rocksdb::FSWritableFile> made;
    status = files.system().NewWritableFile(path, {}, &made, nullptr);
    if (status.ok()) status = made->Close({}, nullptr);
  }
  if (status.ok()) status = files.system().NewRandomRWFile(path, {}, &file, nullptr);
  // Once on the disk, its one sector is only ever replaced.
  if (status.ok()) status = file->Write(0, encode(sequence), {}, nullptr);
  if (status.ok()) status = file->Fsync({}, nullptr);
  if (status.ok()) status = files.sync_folder(directory);
  if (!status.ok()) {
    return domain::fail(domain::ErrorCode::unavailable,
                        fmt::format("cannot write {}: {}", path, status.ToString()));
  }
  return AcknowledgedNote(std::move(file));
}

void AcknowledgedNote::write(std::uint64_t sequence) {
  file_->Write(0, encode(sequence), {}, nullptr).PermitUncheckedError();
}

}  // namespace nexus::store::embedded
