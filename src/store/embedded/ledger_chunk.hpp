#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/time.hpp"
#include "store/embedded/bytes.hpp"
#include "store/embedded/event_codec.hpp"
#include "store/queries.hpp"

namespace nexus::store::embedded {

// Adjustments of one SKU that follow each other, newest first, in one value of `ledger`: a line costs RocksDB
// as little as its share of the chunk. Its key has the SKU and the sequence of the oldest.
//
// A chunk is made of one window's lines and never changes. A line says what differs from the one before.
class LedgerChunkWriter {
 public:
  // Older than the one before, if the chunk has any.
  void add(std::uint64_t sequence, const CommitHeader& commit, const AdjustedView& adjusted);
  bool is_empty() const { return lines_.empty(); }
  // A history's first page should not have to read much more than it shows.
  bool is_full() const { return lines_.size() >= bytes_max; }
  std::uint64_t oldest() const { return oldest_; }

  // The chunk; good until the next call. The writer begins anew.
  std::string_view finish();

 private:
  static constexpr std::size_t bytes_max = 4096;

  std::string lines_;
  std::string chunk_;
  std::string actor_;
  std::uint64_t newest_ = 0;
  std::uint64_t oldest_ = 0;
  domain::Time oldest_at_;
};

// Reads any bytes.
class LedgerChunkReader {
 public:
  // `bytes` must outlive what is read from it.
  LedgerChunkReader(std::uint64_t oldest, std::string_view bytes);

  // The next older line, without SKU and id. Nothing at the end, and where the bytes are no such chunk.
  std::optional<Adjustment> next();
  // After next() gave nothing: whether that was the end of one line or more.
  bool is_whole() const { return reader_.ok() && !is_first_ && last_.sequence == oldest_; }

 private:
  ByteReader reader_;
  std::uint64_t oldest_;
  std::uint64_t span_;  // from the newest to the oldest
  bool is_first_ = true;
  Adjustment last_;
};

}  // namespace nexus::store::embedded
