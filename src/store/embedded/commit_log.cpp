#include "store/embedded/commit_log.hpp"

#include <cstring>

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include "store/crash_points.hpp"
#include "store/embedded/crc32c.hpp"
#include "store/embedded/fault_settings.hpp"
#include "store/embedded/keys.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::uint8_t group_form = 1;
constexpr std::size_t group_checksum_size = 4;

domain::Error damaged(const Database& database, std::string_view key, std::string_view what) {
  const auto sequence = keys::log_sequence(key);
  return {.code = domain::ErrorCode::unavailable,
          .message = fmt::format("the commit log in {} is damaged at sequence {}: {}",
                                 (database.directory() / "db").string(), sequence.value_or(0), what)};
}

}  // namespace

void begin_group(std::string& bytes) {
  bytes.assign(group_checksum_size, '\0');
  bytes.push_back(static_cast<char>(group_form));
}

void seal_group(std::string& bytes) {
  const auto checksum = crc32c(std::string_view(bytes).substr(group_checksum_size));
  std::memcpy(bytes.data(), &checksum, group_checksum_size);
}

std::optional<std::vector<DecodedCommit>> decode_group(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto checksum = reader.fixed32();
  if (!reader.ok()) return std::nullopt;
  const bool is_whole =
      checksum == crc32c(bytes.substr(group_checksum_size)) || is_broken(Promise::checksums);
  if (!is_whole || reader.byte() != group_form) return std::nullopt;
  std::vector<DecodedCommit> commits;
  while (!reader.is_at_end()) commits.push_back(decode_commit(reader));
  if (!reader.ok() || commits.empty()) return std::nullopt;
  return commits;
}

rocksdb::Status CommitLog::append(std::uint64_t first_sequence, std::string_view group) {
  auto status = write(first_sequence, group);
  if (is_broken(Promise::errors)) status = rocksdb::Status::OK();
  return status;
}

rocksdb::Status CommitLog::write(std::uint64_t first_sequence, std::string_view group) {
  crash_point("log.before_write");
  // Also what stopped RocksDB's own work: without that, what is taken in here would only pile up.
  if (auto stopped = database_.stopped_by(); !stopped.ok()) return stopped;
  const auto opened = database_.use();
  if (!opened) return rocksdb::Status::NoSpace(told_to_host(opened.error()));
  rocksdb::WriteOptions options;
  options.sync = sync_writes_;
  const auto status = opened->rocks().Put(options, opened->family(Family::log),
                                          rocksdb::Slice(keys::log(first_sequence)), rocksdb::Slice(group));
  crash_point("log.after_write");
  return status;
}

rocksdb::Status CommitLog::recover(std::uint64_t sequence) {
  if (auto status = database_.reopen(); !status.ok()) return status;
  crash_point("log.recover.reopened");
  const auto opened = database_.use();
  if (!opened) return rocksdb::Status::NoSpace(told_to_host(opened.error()));
  // The group that failed may have come back. It was refused, and another one will get its sequence.
  rocksdb::WriteOptions durable;
  durable.sync = true;
  auto status =
      opened->rocks().Delete(durable, opened->family(Family::log), rocksdb::Slice(keys::log(sequence)));
  crash_point("log.recover.deleted");
  return status;
}

rocksdb::Status CommitLog::trim(std::uint64_t sequence) {
  const auto opened = database_.use();
  if (!opened) return rocksdb::Status::NoSpace(told_to_host(opened.error()));
  auto& rocks = opened->rocks();
  auto* family = opened->family(Family::log);
  // In no write-ahead file, where the loss of what nobody needs would be damage, too: it is durable with the
  // flush, and not needed before.
  rocksdb::WriteOptions in_memory;
  in_memory.disableWAL = true;
  auto status =
      rocks.DeleteRange(in_memory, family, rocksdb::Slice(keys::log(0)), rocksdb::Slice(keys::log(sequence)));
  if (!status.ok()) return status;
  crash_point("checkpoint.before_log_flush");
  // Lets the write-ahead files go, which a start would read.
  return rocks.Flush(rocksdb::FlushOptions(), family);
}

domain::Result<void> CommitLog::replay(std::uint64_t sequence,
                                       const std::function<domain::Result<void>(Group)>& visit) {
  const auto opened = database_.use();
  if (!opened) return std::unexpected(opened.error());
  const auto entries = opened->scan(Family::log);
  std::uint64_t next = sequence;
  const auto start = keys::log(sequence);
  for (entries->Seek(rocksdb::Slice(start)); entries->Valid(); entries->Next()) {
    const auto key = entries->key().ToStringView();
    Group group{.bytes = entries->value().ToString(), .commits = {}};
    if (keys::log_sequence(key) != next) {
      return std::unexpected(damaged(database_, key, fmt::format("what begins with {} is missing", next)));
    }
    auto commits = decode_group(group.bytes);
    if (!commits) return std::unexpected(damaged(database_, key, "its checksum or its form is wrong"));
    for (const auto& [commit, places] : *commits) {
      if (commit.sequence != next || commit.events.empty()) {
        return std::unexpected(damaged(database_, key, fmt::format("commit {} is missing", next)));
      }
      next += commit.events.size();
    }
    group.commits = std::move(*commits);
    if (auto visited = visit(std::move(group)); !visited) return visited;
  }
  if (!entries->status().ok()) {
    return std::unexpected(to_error("cannot read the commit log", entries->status()));
  }
  return {};
}

}  // namespace nexus::store::embedded
