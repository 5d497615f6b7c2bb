#include "contract/contract_test.hpp"

#include <chrono>
#include <set>
#include <stdexcept>
#include <thread>

#include "store/engine.hpp"

namespace nexus::contract {

HistoryLine::HistoryLine(const store::Adjustment& line)
    : id(line.id.text()),
      sequence(line.sequence),
      sku(line.sku),
      warehouse(line.warehouse),
      before(line.before),
      after(line.after),
      version(line.version),
      reason(line.reason),
      note(line.note),
      created_by(line.created_by),
      at(line.at) {}

std::vector<HistoryLine> read_all(store::Store::AdjustmentReader& reader, std::size_t at_once) {
  std::vector<HistoryLine> lines;
  for (;;) {
    const auto count =
        wait(reader.read(at_once, [&](const store::Adjustment& line) { lines.emplace_back(line); }));
    if (!count) throw std::runtime_error(count.error().message);
    if (*count < at_once) return lines;
  }
}

namespace {

// Names, sizes and times of all files: the same before and after means that nothing was written between.
std::string files_of(const std::filesystem::path& folder) {
  std::set<std::string> lines;
  std::error_code gone;
  for (std::filesystem::recursive_directory_iterator entry(folder, gone), end; entry != end;
       entry.increment(gone)) {
    if (!entry->is_regular_file(gone)) continue;
    const auto changed = entry->last_write_time(gone).time_since_epoch().count();
    lines.insert(entry->path().string() + " " + std::to_string(entry->file_size(gone)) + " " +
                 std::to_string(changed) + "\n");
  }
  std::string all;
  for (const auto& line : lines) all += line;
  return all;
}

// An engine may do things in the background for a while after the last command.
void copy_when_idle(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (;;) {
    const auto before = files_of(from);
    std::error_code moved_away;
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, moved_away);
    if (!moved_away && files_of(from) == before) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

ContractTest::ContractTest() : store_(engine_.open(folder_->path(), clock_)) {
  tenant_ = make_tenant("acme");
}

void ContractTest::reopen() {
  // What an engine does at its end it does without a word: a start from the log hides that it failed.
  if (auto* engine = dynamic_cast<store::Engine*>(store_.get())) engine->checkpoint().value();
  store_.reset();
  store_ = engine_.open(folder_->path(), clock_);
}

void ContractTest::crash() {
  auto copy = std::make_unique<test::TemporaryFolder>();
  copy_when_idle(folder_->path(), copy->path());
  store_.reset();
  folder_ = std::move(copy);
  store_ = engine_.open(folder_->path(), clock_);
}

TenantId ContractTest::make_tenant(std::string name) {
  auto made = wait(store_->execute({.tenant = {}, .actor = "host", .request = CreateTenant{std::move(name)}},
                                   std::nullopt));
  return std::get<Tenant>(made.value().outcome).id;
}

std::string ContractTest::make_warehouse(std::string name, WarehouseType type) {
  auto made =
      execute(CreateWarehouse{.name = std::move(name), .type = type, .address = {}, .marketplace = {}});
  return std::get<Warehouse>(made.value().outcome).id.text();
}

void ContractTest::make_item(std::string sku, Quantity safety_stock) {
  execute(CreateItem{std::move(sku), ItemSettings{.title = {}, .safety_stock = safety_stock}}).value();
}

Result<Executed> ContractTest::execute(Request request, std::optional<store::Idempotency> idempotency) {
  return wait(store_->execute({.tenant = tenant_, .actor = "ada@example.com", .request = std::move(request)},
                              std::move(idempotency)));
}

Result<Executed> ContractTest::put(std::string sku, std::string warehouse, Quantity quantity) {
  LevelUpdate update{.sku = std::move(sku), .warehouse_id = std::move(warehouse), .quantity = quantity};
  return execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}});
}

Result<Executed> ContractTest::change(std::string sku, std::string warehouse, Quantity delta) {
  LevelUpdate update{
      .sku = std::move(sku), .warehouse_id = std::move(warehouse), .is_delta = true, .quantity = delta};
  return execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}});
}

Result<Executed> ContractTest::sync(std::string sku, std::string warehouse, Quantity on_hand,
                                    Quantity reserved) {
  return execute(SyncLevels{{{.sku = std::move(sku),
                              .warehouse_id = std::move(warehouse),
                              .on_hand = on_hand,
                              .reserved = reserved}}});
}

Result<Executed> ContractTest::activate(const std::string& warehouse, bool is_active) {
  return execute(ChangeWarehouse{.id = warehouse, .name = {}, .address = {}, .is_active = is_active});
}

Result<Executed> ContractTest::hold(std::string reference, std::vector<RequestedLine> lines,
                                    std::optional<std::int64_t> expires_in_seconds) {
  return execute(HoldReservation{.reference = std::move(reference),
                                 .lines = std::move(lines),
                                 .expires_in_seconds = expires_in_seconds});
}

std::string ContractTest::id_of(const Result<Executed>& held) {
  return std::get<ReservationOutcome>(held.value().outcome).reservation->id.text();
}

std::optional<Item> ContractTest::item(std::string_view sku) {
  std::optional<Item> found;
  const bool has = wait(store_->read_item(tenant_, sku, [&](const Item& item, const Warehouses&) {
    EXPECT_FALSE(found) << "visited twice";
    found = item;
  }));
  EXPECT_EQ(has, found.has_value());
  return found;
}

WarehouseNumber ContractTest::number_of(const std::string& warehouse) {
  const auto warehouses = wait(store_->warehouses(tenant_));
  return find_warehouse(*warehouses, WarehouseId::parse(warehouse).value()).value();
}

Quantity ContractTest::on_hand(std::string_view sku, const std::string& warehouse) {
  const auto number = number_of(warehouse);
  const auto found = item(sku);
  const Level* level = found.value().find_level(number);
  return level == nullptr ? 0 : level->on_hand;
}

Quantity ContractTest::reserved(std::string_view sku, const std::string& warehouse) {
  const auto number = number_of(warehouse);
  const auto found = item(sku);
  const Level* level = found.value().find_level(number);
  return level == nullptr ? 0 : level->reserved;
}

Quantity ContractTest::available(std::string_view sku) {
  Quantity total = -1;
  wait(store_->read_item(tenant_, sku, [&](const Item& item, const Warehouses& warehouses) {
    total = totals(item, warehouses).available;
  }));
  return total;
}

Result<Listed> ContractTest::list(const store::ItemQuery& query) {
  Listed listed;
  const auto page = wait(store_->list_items(
      tenant_, query, [&](const Item& item, const Warehouses&) { listed.skus.push_back(item.sku); }));
  if (!page) return std::unexpected(page.error());
  listed.total = page->total;
  listed.has_more = page->has_more;
  return listed;
}

Result<std::vector<HistoryLine>> ContractTest::history(store::AdjustmentQuery query) {
  auto reader = wait(store_->adjustments(tenant_, std::move(query)));
  if (!reader) return std::unexpected(reader.error());
  return read_all(**reader);
}

ReservationPtr ContractTest::reservation(const std::string& id) {
  return wait(store_->find_reservation(tenant_, ReservationId::parse(id).value())).value();
}

std::vector<std::string> ContractTest::references(store::ReservationQuery query) {
  std::vector<std::string> found;
  const auto page = wait(store_->list_reservations(tenant_, std::move(query)));
  for (const auto& reservation : page.value().reservations) found.push_back(reservation->reference);
  return found;
}

ReservationPtr ContractTest::when_closed(const std::string& id) {
  for (int attempts = 0;; ++attempts) {
    auto found = reservation(id);
    // Long enough for the slowest machine; an engine that never does it fails on what comes back.
    if (found->status != ReservationStatus::held || attempts == 3000) return found;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace nexus::contract
