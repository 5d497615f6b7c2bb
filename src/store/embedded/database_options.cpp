#include "store/embedded/database_options.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/universal_compaction.h>

#include "store/embedded/record_codec.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::size_t block_cache_bytes = 32U << 20;
constexpr std::size_t small_write_buffer_bytes = 1U << 20;
// As much space must return before RocksDB opens anew after a full disk.
constexpr std::size_t log_write_buffer_bytes = 16U << 20;
constexpr std::uint64_t wal_bytes_max = 256U << 20;
constexpr double filter_bits_per_key = 10;
constexpr int never = 1 << 20;

// The part of a ledger key before the sequence: all lines of one SKU share it.
class SkuPrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "nexus.ledger.sku"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - sequence_size};
  }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > sequence_size; }

 private:
  static constexpr std::size_t sequence_size = 8;
};

// Lets expired answers go when compaction comes by.
class AnswerExpiry final : public rocksdb::CompactionFilter {
 public:
  explicit AnswerExpiry(const Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "nexus.answers.expiry"; }
  bool Filter(int /*level*/, const rocksdb::Slice& /*key*/, const rocksdb::Slice& value,
              std::string* /*new_value*/, bool* /*value_changed*/) const override {
    const auto expires_at = decode_answer_expiry(value.ToStringView());
    return expires_at && *expires_at <= clock_.now();
  }

 private:
  const Clock& clock_;
};

class AnswerExpiryFactory final : public rocksdb::CompactionFilterFactory {
 public:
  explicit AnswerExpiryFactory(const Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "nexus.answers.expiry"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context& /*context*/) override {
    return std::make_unique<AnswerExpiry>(clock_);
  }

 private:
  const Clock& clock_;
};

// Index and filter in parts: whole, those of a large file are larger than a share of the cache, and would be
// read again for every look-up.
void add_filter(rocksdb::BlockBasedTableOptions& options) {
  options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
  options.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  options.partition_filters = true;
}

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache,
                                              std::size_t block_bytes) {
  rocksdb::BlockBasedTableOptions options;
  options.block_cache = cache;
  options.block_size = block_bytes;
  options.cache_index_and_filter_blocks = true;
  options.format_version = 5;
  return options;
}

// A family that is filled by ingested runs only, merged without haste: write amplification stays low, and the
// checkpoint itself waits when runs pile up, so that nothing here may stall a write of the log.
rocksdb::ColumnFamilyOptions run_options() {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = small_write_buffer_bytes;
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.compaction_options_universal.min_merge_width = 4;
  options.level0_file_num_compaction_trigger = 8;
  options.level0_slowdown_writes_trigger = never;
  options.level0_stop_writes_trigger = never;
  options.soft_pending_compaction_bytes_limit = 0;
  options.hard_pending_compaction_bytes_limit = 0;
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

rocksdb::ColumnFamilyOptions with_table(rocksdb::ColumnFamilyOptions options,
                                        const rocksdb::BlockBasedTableOptions& table) {
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ColumnFamilyOptions log_options() {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = log_write_buffer_bytes;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kNoCompression;
  options.level0_slowdown_writes_trigger = never;
  options.level0_stop_writes_trigger = never;
  options.soft_pending_compaction_bytes_limit = 0;
  options.hard_pending_compaction_bytes_limit = 0;
  return options;
}

}  // namespace

void ComplaintLog::Logv(const char* format, va_list arguments) {
  std::array<char, 512> line{};
  if (std::vsnprintf(line.data(), line.size(), format, arguments) < 0) return;
  const std::scoped_lock lock(mutex_);
  constexpr std::size_t bytes_max = 4096;
  if (is_stopped_ || lines_.size() > bytes_max) return;
  lines_ += "; ";
  lines_ += line.data();
}

std::string ComplaintLog::text() const {
  const std::scoped_lock lock(mutex_);
  return lines_;
}

void ComplaintLog::stop() {
  const std::scoped_lock lock(mutex_);
  is_stopped_ = true;
  lines_.clear();
}

rocksdb::Status StopWatcher::error() const {
  if (!has_error_) return {};
  const std::scoped_lock lock(mutex_);
  return error_;
}

void StopWatcher::forget() {
  const std::scoped_lock lock(mutex_);
  error_ = {};
  has_error_ = false;
}

void StopWatcher::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) {
  const std::scoped_lock lock(mutex_);
  if (error_.ok()) error_ = *error;
  has_error_ = true;
}

void StopWatcher::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                                       bool* goes_on) {
  *goes_on = false;
}

rocksdb::DBOptions make_db_options(bool sync_writes) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // The end of the last write may be torn in any way. That it is the end, and was not acknowledged, is
  // checked by wal_check.hpp and acknowledged.hpp.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_total_wal_size = wal_bytes_max;
  options.max_background_jobs = 2;
  // After an error it is for the writer to say how things go on.
  options.max_bgerror_resume_count = 0;
  options.bytes_per_sync = 1U << 20;
  options.avoid_flush_during_shutdown = true;
  // The positive control leaves what it acknowledges in the process's own memory.
  options.manual_wal_flush = !sync_writes;
  options.skip_stats_update_on_db_open = true;
  // Over every byte of each sorted file, for verify: the blocks' own checksums leave some out.
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> make_families(const Clock& clock) {
  const auto cache = rocksdb::NewLRUCache(block_cache_bytes);
  auto meta = log_options();
  meta.write_buffer_size = small_write_buffer_bytes;

  auto ledger_table = table_options(cache, 16U << 10);
  add_filter(ledger_table);
  ledger_table.whole_key_filtering = false;
  auto ledger = with_table(run_options(), ledger_table);
  // Written far more than read: more runs at a time, and fewer times.
  ledger.compaction_options_universal.min_merge_width = 8;
  ledger.level0_file_num_compaction_trigger = 24;
  ledger.prefix_extractor = std::make_shared<SkuPrefix>();

  auto looked_up = table_options(cache, 16U << 10);
  add_filter(looked_up);
  auto answers = with_table(run_options(), looked_up);
  answers.compaction_filter_factory = std::make_shared<AnswerExpiryFactory>(clock);

  const auto plain = table_options(cache, 32U << 10);
  return {{rocksdb::kDefaultColumnFamilyName, with_table(meta, plain)},
          {"log", with_table(log_options(), plain)},
          {"records", with_table(run_options(), plain)},
          {"items_a", with_table(run_options(), plain)},
          {"items_b", with_table(run_options(), plain)},
          {"ledger", ledger},
          {"reservations", with_table(run_options(), looked_up)},
          {"answers", answers}};
}

}  // namespace nexus::store::embedded
