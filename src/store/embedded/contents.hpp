#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "domain/access.hpp"
#include "domain/error.hpp"
#include "domain/events.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"
#include "store/clock.hpp"
#include "store/queries.hpp"

namespace nexus::store {

// All that a closed store holds, record after record, as another engine needs it to go on from there: also
// what the port does not show, such as deleted SKUs with their versions. For one thread.
class EmbeddedContents {
 public:
  // What follows what: nothing refers to what comes after it.
  enum class Part : std::uint8_t { tenants, keys, warehouses, items, held, closed, answers };
  static constexpr std::size_t part_count = 7;

  struct NumberedWarehouse {
    domain::WarehouseNumber number = 0;
    domain::Warehouse warehouse;
  };
  struct ItemWithHistory {
    domain::Item item;
    std::vector<domain::Commit> lines;  // newest first, with one adjustment each
  };
  struct Record {
    domain::TenantId tenant;  // empty for tenants and keys
    std::variant<domain::Tenant, domain::ApiKey, NumberedWarehouse, ItemWithHistory, domain::Reservation,
                 domain::AnswerKept>
        value;
  };
  // Some records of one part and one tenant, in order.
  struct Piece {
    std::vector<Record> records;
    std::string end;  // where to go on
    bool is_last = false;
  };

  // Opens the store, which brings it in order, closes it, and keeps everybody else from opening it. Errors
  // are those of open_embedded_store().
  static domain::Result<std::unique_ptr<EmbeddedContents>> open(const std::filesystem::path& directory,
                                                                const Clock& clock);
  virtual ~EmbeddedContents() = default;

  // Of the last event that is in it.
  virtual std::uint64_t last_sequence() const = 0;
  virtual domain::Time last_commit_at() const = 0;

  // Reads on behind `after`: the end of the piece before, or nothing at the begin.
  virtual domain::Result<Piece> read(Part part, const std::string& after) = 0;
};

}  // namespace nexus::store
