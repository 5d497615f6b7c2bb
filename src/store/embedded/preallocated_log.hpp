#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include <rocksdb/file_system.h>

namespace nexus::store::embedded {

// A write-ahead file that is longer than what is in it: zeros stand where the next records will. A sync after
// a record in that room writes the record alone; where a file grows, its inode and the map of its blocks are
// written with each. RocksDB and wal_check.hpp take the zeros for the end of the file. Closing cuts them off.
//
// Where there is no space for the room, or the file system cannot write at a place, the file just grows.
// Written by one thread at a time, as RocksDB does; written() may be asked by others.
class PreallocatedLog final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  // How many bytes were written, without the room. Outlives the file.
  using Written = std::shared_ptr<std::atomic<std::uint64_t>>;

  explicit PreallocatedLog(std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)) {}

  const Written& written() const { return written_; }

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& info,
                           rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  std::uint64_t GetFileSize(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;

 private:
  void appended(std::uint64_t bytes, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context);

  Written written_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::uint64_t room_end_ = 0;  // of the file, as far as zeros were written; 0 where there is no room
  bool makes_room_ = true;
};

}  // namespace nexus::store::embedded
