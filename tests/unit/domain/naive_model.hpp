#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/commands.hpp"
#include "domain/decide.hpp"
#include "domain/error.hpp"

namespace nexus::domain {

// The rules of the contract written down a second time, as naively as they can be: maps, copies, and every
// refusal that applies collected before the first is picked. It shares nothing with the domain but its words.
class NaiveModel {
 public:
  struct Row {
    Quantity on_hand = 0;
    Quantity reserved = 0;
  };
  struct Record {
    bool exists = false;
    bool touched = false;  // by the last command
    std::string title;
    Quantity safety_stock = 0;
    std::optional<Quantity> low;
    std::optional<Quantity> critical;
    std::uint64_t version = 0;  // as learned
    std::map<std::size_t, Row> rows;
  };
  struct House {
    std::string id;  // as learned
    std::string name;
    WarehouseType type = WarehouseType::own;
    std::optional<std::string> address;
    bool active = true;

    bool readonly() const { return type == WarehouseType::fba || type == WarehouseType::fbs; }
  };
  struct Held {
    std::string sku;
    std::size_t house = 0;
    Quantity quantity = 0;
  };
  struct Order {
    std::string id;  // as learned
    std::string reference;
    std::string status = "held";
    std::vector<Held> lines;
    std::optional<Time> expires_at;
  };

  // Does what the request asks, or nothing. Returns the refusals of which any one may be given; none when it
  // is done.
  std::set<ErrorCode> run(const Request& request, Time now);

  // What is available of a record: by row, and in all.
  std::map<std::size_t, Quantity> available_rows(const Record& record) const;
  Quantity available(const Record& record) const;
  std::string status(const Record& record) const;

  std::map<std::string, Record> records;
  std::vector<House> houses;
  std::vector<Order> orders;
  std::size_t import_errors = 0;  // of the last import

 private:
  using Codes = std::set<ErrorCode>;

  Codes run(const CreateWarehouse& request);
  Codes run(const ChangeWarehouse& request);
  Codes run(const CreateItem& request);
  Codes run(const ChangeItem& request);
  Codes run(const DeleteItem& request);
  Codes run(const UpdateLevels& request);
  Codes run(const SyncLevels& request);
  Codes run(const HoldReservation& request);
  Codes run(const ShipReservation& request);
  Codes run(const ReleaseReservation& request);
  Codes run(const ExpireReservation& request);
  Codes run(const ImportRows& request);
  // Tenants and keys are none of this model's business.
  Codes run(const CreateTenant&) { return {}; }
  Codes run(const CreateKey&) { return {}; }
  Codes run(const RevokeKey&) { return {}; }

  Codes update(const LevelUpdate& update, const AcceptedVersions& if_match);
  Codes sync(const SyncRow& row);
  template <typename Updates, typename Apply>
  Codes in_order(const Updates& updates, BulkMode mode, Apply&& apply);
  bool import(const ImportRow& row, bool create_warehouses);
  std::optional<Quantity> take(const RequestedLine& line, Order& order);

  Record* find(const std::string& sku);
  std::optional<std::size_t> house(const std::string& id) const;
  Order* order(const std::string& id);

  Time now_;
};

}  // namespace nexus::domain
