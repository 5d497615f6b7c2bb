#include "store/embedded/ledger_chunk.hpp"

#include <limits>

namespace nexus::store::embedded {

namespace {

// Leads every chunk, so that a later form can be told from this one.
constexpr std::uint8_t chunk_form = 1;

// Without overflow, whatever the two are.
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

}  // namespace

void LedgerChunkWriter::add(std::uint64_t sequence, const CommitHeader& commit,
                            const AdjustedView& adjusted) {
  const bool is_first = is_empty();
  ByteWriter writer(lines_);
  if (is_first) {
    newest_ = sequence;
    put_time(writer, commit.at);
  } else {
    writer.varint(oldest_ - sequence);
    writer.signed_varint(difference(oldest_at_.ms, commit.at.ms));
  }
  const bool has_own_actor = is_first || commit.actor != actor_;
  if (!is_first) writer.boolean(has_own_actor);
  if (has_own_actor) {
    writer.text(commit.actor);
    actor_ = commit.actor;
  }
  writer.varint(adjusted.warehouse);
  writer.signed_varint(adjusted.before);
  writer.signed_varint(adjusted.after);
  writer.varint(adjusted.version);
  put_reason(writer, adjusted.reason);
  writer.boolean(adjusted.note.has_value());
  if (adjusted.note) writer.text(*adjusted.note);
  oldest_ = sequence;
  oldest_at_ = commit.at;
}

std::string_view LedgerChunkWriter::finish() {
  chunk_.clear();
  {
    ByteWriter writer(chunk_);
    writer.byte(chunk_form);
    writer.varint(newest_ - oldest_);
    writer.raw(lines_);
  }
  lines_.clear();
  return chunk_;
}

LedgerChunkReader::LedgerChunkReader(std::uint64_t oldest, std::string_view bytes)
    : reader_(bytes), oldest_(oldest) {
  if (reader_.byte() != chunk_form) reader_.fail();
  span_ = reader_.bounded(std::numeric_limits<std::uint64_t>::max() - oldest);
}

std::optional<Adjustment> LedgerChunkReader::next() {
  if (reader_.is_at_end()) return std::nullopt;
  Adjustment line;
  if (is_first_) {
    line.sequence = oldest_ + span_;
    line.at = read_time(reader_);
    line.created_by = reader_.text();
  } else {
    const auto step = reader_.bounded(last_.sequence - oldest_);
    if (step == 0) reader_.fail();
    line.sequence = last_.sequence - step;
    line.at.ms = difference(last_.at.ms, reader_.signed_varint());
    line.created_by = reader_.boolean() ? reader_.text() : last_.created_by;
  }
  is_first_ = false;
  line.warehouse = read_warehouse_number(reader_);
  line.before = reader_.signed_varint();
  line.after = reader_.signed_varint();
  line.version = reader_.varint();
  line.reason = read_reason(reader_);
  if (reader_.boolean()) line.note = reader_.text();
  if (!reader_.ok()) return std::nullopt;
  last_ = line;
  return line;
}

}  // namespace nexus::store::embedded
