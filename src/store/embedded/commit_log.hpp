#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/status.h>

#include "domain/error.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/event_codec.hpp"

namespace nexus::store::embedded {

// A group of commits as one value: a checksum over the rest, the form's number, then the commits.
// begin_group() leaves room for what seal_group() fills in.
void begin_group(std::string& bytes);
void seal_group(std::string& bytes);
// What a group holds, with the places of the events in `bytes`; nothing when it is not one, whole.
std::optional<std::vector<DecodedCommit>> decode_group(std::string_view bytes);

// The column family `log`: the groups that records and ledger may not have yet, by their first sequence.
class CommitLog {
 public:
  CommitLog(Database& database, bool sync_writes) : database_(database), sync_writes_(sync_writes) {}

  // Returns when the group survives a crash. A failure says nothing about what is in the file.
  rocksdb::Status append(std::uint64_t first_sequence, std::string_view group);

  // After a full disk: makes RocksDB write again, and makes sure that the log ends before `sequence`, also
  // for a crash right after.
  rocksdb::Status recover(std::uint64_t sequence);

  // Lets go of what is before `sequence`.
  rocksdb::Status trim(std::uint64_t sequence);

  // Calls `visit(commit, group)` for each commit from `sequence` on, in order. UNAVAILABLE naming the place
  // when something between is damaged or missing.
  struct Group {
    std::string bytes;
    std::vector<DecodedCommit> commits;
  };
  domain::Result<void> replay(std::uint64_t sequence,
                              const std::function<domain::Result<void>(Group)>& visit);

 private:
  rocksdb::Status write(std::uint64_t first_sequence, std::string_view group);

  Database& database_;
  bool sync_writes_;
};

}  // namespace nexus::store::embedded
