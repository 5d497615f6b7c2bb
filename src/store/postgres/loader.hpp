#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domain/access.hpp"
#include "domain/error.hpp"
#include "domain/events.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/view.hpp"
#include "domain/warehouse.hpp"

namespace nexus::store {

// Fills an empty database with what another store held, piece by piece, each in a transaction that also notes
// how far it came: whoever is interrupted goes on there. Until it is finished nobody can serve the database.
// Blocks; for one thread.
class PostgresLoader {
 public:
  // Where the loading stands, in the words of who does it.
  struct Position {
    std::int64_t part = 0;
    std::string after;
    bool is_finished = false;
  };

  // Some records of one tenant.
  struct Piece {
    domain::TenantId tenant;
    std::vector<domain::Tenant> tenants;
    std::vector<domain::ApiKey> keys;
    std::vector<domain::Warehouse> warehouses;  // following those that are there
    std::vector<domain::Item> items;
    std::vector<domain::CommitPtr> lines;
    std::vector<domain::ReservationPtr> reservations;
    std::vector<domain::AnswerKept> answers;
  };

  // `last_sequence` and `last_commit_at` are those of the source, which must not change any more. UNAVAILABLE
  // when the database cannot be reached, or holds anything else already.
  static domain::Result<std::unique_ptr<PostgresLoader>> open(const std::string& url,
                                                              std::uint64_t last_sequence,
                                                              domain::Time last_commit_at);
  virtual ~PostgresLoader() = default;

  virtual const Position& position() const = 0;
  virtual domain::Result<void> load(const Piece& piece, Position next) = 0;
};

}  // namespace nexus::store
