#include "store/embedded/preallocated_log.hpp"

#include <array>

namespace nexus::store::embedded {

namespace {

constexpr std::size_t room_bytes = 256U << 10;
// What is longer takes so long to be written that its sync gains little.
constexpr std::size_t short_record_bytes = room_bytes / 8;

rocksdb::Slice zeros() {
  static constexpr std::array<char, room_bytes> bytes{};
  return {bytes.data(), bytes.size()};
}

}  // namespace

rocksdb::IOStatus PreallocatedLog::Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* context) {
  auto status = target()->Append(data, options, context);
  if (status.ok()) appended(data.size(), options, context);
  return status;
}

rocksdb::IOStatus PreallocatedLog::Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                                          const rocksdb::DataVerificationInfo& info,
                                          rocksdb::IODebugContext* context) {
  auto status = target()->Append(data, options, info, context);
  if (status.ok()) appended(data.size(), options, context);
  return status;
}

void PreallocatedLog::appended(std::uint64_t bytes, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) {
  const auto size = written_->fetch_add(bytes) + bytes;
  if (size <= room_end_ || bytes > short_record_bytes || !makes_room_) return;
  const auto made = target()->PositionedAppend(zeros(), size, options, context);
  makes_room_ = made.ok();
  if (made.ok()) room_end_ = size + room_bytes;
}

rocksdb::IOStatus PreallocatedLog::Close(const rocksdb::IOOptions& options,
                                         rocksdb::IODebugContext* context) {
  if (room_end_ > *written_) target()->Truncate(*written_, options, context).PermitUncheckedError();
  return target()->Close(options, context);
}

std::uint64_t PreallocatedLog::GetFileSize(const rocksdb::IOOptions& /*options*/,
                                           rocksdb::IODebugContext* /*context*/) {
  return *written_;
}

}  // namespace nexus::store::embedded
