#pragma once

#include "simulation/virtual_disk.hpp"

namespace nexus::simulation {

// The files of a VirtualDisk as RocksDB opens them. The disk must outlive them.

class DiskStream final : public rocksdb::FSSequentialFile {
 public:
  DiskStream(const VirtualDisk& disk, VirtualDisk::NodePtr node) : disk_(disk), node_(std::move(node)) {}
  rocksdb::IOStatus Read(std::size_t count, const rocksdb::IOOptions& options, rocksdb::Slice* result,
                         char* scratch, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Skip(std::uint64_t count) override;

 private:
  const VirtualDisk& disk_;
  VirtualDisk::NodePtr node_;
  std::size_t at_ = 0;
};

class DiskReader final : public rocksdb::FSRandomAccessFile {
 public:
  DiskReader(const VirtualDisk& disk, VirtualDisk::NodePtr node) : disk_(disk), node_(std::move(node)) {}
  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t count, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* context) const override;

 private:
  const VirtualDisk& disk_;
  VirtualDisk::NodePtr node_;
};

class DiskFile final : public rocksdb::FSWritableFile {
 public:
  DiskFile(VirtualDisk& disk, VirtualDisk::NodePtr node) : disk_(disk), node_(std::move(node)) {}
  using FSWritableFile::Append;
  using FSWritableFile::PositionedAppend;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset,
                                     const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  std::uint64_t GetFileSize(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;

 private:
  VirtualDisk& disk_;
  VirtualDisk::NodePtr node_;
};

class DiskRewrittenFile final : public rocksdb::FSRandomRWFile {
 public:
  DiskRewrittenFile(VirtualDisk& disk, VirtualDisk::NodePtr node) : disk_(disk), node_(std::move(node)) {}
  rocksdb::IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t count, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* context) const override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;

 private:
  VirtualDisk& disk_;
  VirtualDisk::NodePtr node_;
};

class DiskFolder final : public rocksdb::FSDirectory {
 public:
  DiskFolder(VirtualDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;

 private:
  VirtualDisk& disk_;
  std::string path_;
};

}  // namespace nexus::simulation
