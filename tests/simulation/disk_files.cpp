#include "simulation/disk_files.hpp"

#include <algorithm>

namespace nexus::simulation {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

// Copied, for the file may grow while the bytes are looked at.
IOStatus read_at(const VirtualDisk& disk, const VirtualDisk::Node& node, std::uint64_t offset,
                 std::size_t count, Slice* result, char* scratch) {
  if (disk.is_stopped()) return IOStatus::IOError("the machine is off");
  const auto from = std::min<std::size_t>(offset, node.bytes.size());
  const auto size = std::min(count, node.bytes.size() - from);
  std::copy_n(node.bytes.data() + from, size, scratch);
  *result = Slice(scratch, size);
  return {};
}

}  // namespace

IOStatus DiskStream::Read(std::size_t count, const IOOptions& /*options*/, Slice* result, char* scratch,
                          IODebugContext* /*context*/) {
  auto status = read_at(disk_, *node_, at_, count, result, scratch);
  if (status.ok()) at_ += result->size();
  return status;
}

IOStatus DiskStream::Skip(std::uint64_t count) {
  at_ += count;
  return {};
}

IOStatus DiskReader::Read(std::uint64_t offset, std::size_t count, const IOOptions& /*options*/,
                          Slice* result, char* scratch, IODebugContext* /*context*/) const {
  return read_at(disk_, *node_, offset, count, result, scratch);
}

IOStatus DiskFile::Append(const Slice& data, const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return disk_.append(*node_, data);
}

IOStatus DiskFile::PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& /*options*/,
                                    IODebugContext* /*context*/) {
  return disk_.write_ahead(*node_, offset, data);
}

IOStatus DiskFile::Truncate(std::uint64_t size, const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return disk_.truncate(*node_, size);
}

IOStatus DiskFile::Close(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return {};
}

IOStatus DiskFile::Flush(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return {};
}

IOStatus DiskFile::Sync(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return disk_.sync(*node_);
}

std::uint64_t DiskFile::GetFileSize(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return node_->bytes.size();
}

IOStatus DiskRewrittenFile::Write(std::uint64_t offset, const Slice& data, const IOOptions& /*options*/,
                                  IODebugContext* /*context*/) {
  return disk_.overwrite(*node_, offset, data);
}

IOStatus DiskRewrittenFile::Read(std::uint64_t offset, std::size_t count, const IOOptions& /*options*/,
                                 Slice* result, char* scratch, IODebugContext* /*context*/) const {
  return read_at(disk_, *node_, offset, count, result, scratch);
}

IOStatus DiskRewrittenFile::Flush(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return {};
}

IOStatus DiskRewrittenFile::Sync(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return disk_.sync(*node_);
}

IOStatus DiskRewrittenFile::Close(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return {};
}

IOStatus DiskFolder::Fsync(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return disk_.sync_folder(path_);
}

IOStatus DiskFolder::Close(const IOOptions& /*options*/, IODebugContext* /*context*/) {
  return {};
}

}  // namespace nexus::simulation
