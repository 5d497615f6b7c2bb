#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <boost/unordered/unordered_flat_map.hpp>

#include "cli/demo.hpp"
#include "service/csv.hpp"

namespace nexus::cli {

namespace {

using domain::Quantity;

constexpr Quantity opening_stock = 10'000;
constexpr Quantity safety_stock_per_sold = 5;
constexpr std::string_view warehouse_name = "Main warehouse";

struct OrderLine {
  std::string sku;
  Quantity quantity = 0;  // negative: it came back
};

struct Order {
  std::string id;
  std::vector<OrderLine> lines;
};

struct Product {
  std::string title;
  Quantity sold = 0;
};

struct History {
  std::vector<Order> orders;  // as they were placed
  boost::unordered_flat_map<std::string, Product> products;
};

Quantity parse_quantity(const std::string& text) {
  Quantity quantity = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quantity);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::logic_error("no quantity: " + text);
  return quantity;
}

History read_history() {
  bool is_read = false;
  service::CsvReader reader([&is_read](std::string& buffer) -> domain::Result<bool> {
    if (is_read) return false;
    buffer += online_retail_orders();
    is_read = true;
    return true;
  });
  History history;
  service::CsvRecord record;
  if (!reader.next(record).value()) throw std::logic_error("the orders have no header");
  while (reader.next(record).value()) {
    const auto& [order, sku, title, quantity] =
        std::tie(record.cells.at(0), record.cells.at(1), record.cells.at(2), record.cells.at(3));
    if (history.orders.empty() || history.orders.back().id != order) {
      history.orders.push_back({.id = order, .lines = {}});
    }
    const Quantity count = parse_quantity(quantity);
    history.orders.back().lines.push_back({.sku = sku, .quantity = count});
    Product& product = history.products[sku];
    if (product.title.empty()) product.title = title;
    product.sold += count;
  }
  return history;
}

void import(DemoShop& shop, std::vector<domain::ImportRow> rows) {
  for (std::size_t begin = 0; begin < rows.size(); begin += domain::import_rows_max) {
    const auto end = std::min(rows.size(), begin + domain::import_rows_max);
    domain::ImportRows batch{.rows = {}, .create_warehouses = true};
    std::move(rows.begin() + static_cast<std::ptrdiff_t>(begin),
              rows.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(batch.rows));
    const auto outcome = std::get<domain::ImportOutcome>(shop.execute(std::move(batch)));
    if (!outcome.errors.empty()) throw std::logic_error(outcome.errors.front().message);
  }
}

void import_opening_stock(DemoShop& shop, const History& history) {
  std::vector<domain::ImportRow> rows;
  for (const auto& [sku, product] : history.products) {
    rows.push_back({.sku = sku,
                    .title = product.title,
                    .safety_stock = std::nullopt,
                    .low_threshold = std::nullopt,
                    .critical_threshold = std::nullopt,
                    .warehouse = std::string(warehouse_name),
                    .quantity = opening_stock});
  }
  std::ranges::sort(rows, {}, &domain::ImportRow::sku);
  import(shop, std::move(rows));
}

void set_safety_stocks(DemoShop& shop, const History& history) {
  std::vector<domain::ImportRow> rows;
  for (const auto& [sku, product] : history.products) {
    if (product.sold <= 0) continue;
    rows.push_back({.sku = sku,
                    .title = std::nullopt,
                    .safety_stock = safety_stock_per_sold * product.sold,
                    .low_threshold = std::nullopt,
                    .critical_threshold = std::nullopt,
                    .warehouse = std::nullopt,
                    .quantity = std::nullopt});
  }
  std::ranges::sort(rows, {}, &domain::ImportRow::sku);
  import(shop, std::move(rows));
}

// An order's lines that came back, as updates of one warehouse.
std::vector<domain::LevelUpdate> returns_of(const Order& order, const std::string& warehouse_id) {
  std::vector<domain::LevelUpdate> updates;
  for (const auto& line : order.lines) {
    if (line.quantity >= 0) continue;
    updates.push_back({.sku = line.sku,
                       .warehouse_id = warehouse_id,
                       .is_delta = true,
                       .quantity = -line.quantity,
                       .expected_quantity = std::nullopt,
                       .reason = "customer_return",
                       .note = order.id});
  }
  return updates;
}

void replay(DemoShop& shop, const Order& order, const std::string& warehouse_id) {
  domain::HoldReservation hold{.reference = order.id, .lines = {}, .expires_in_seconds = std::nullopt};
  for (const auto& line : order.lines) {
    if (line.quantity > 0) {
      hold.lines.push_back({.sku = line.sku, .quantity = line.quantity, .warehouse_id = std::nullopt});
    }
  }
  if (!hold.lines.empty()) {
    const auto id = shop.hold(std::move(hold));
    shop.execute(domain::ShipReservation{.id = id.text(), .lines = std::nullopt});
  }
  auto returns = returns_of(order, warehouse_id);
  if (!returns.empty()) {
    shop.execute(
        domain::UpdateLevels{.updates = std::move(returns), .is_bulk = true, .if_match = std::nullopt});
  }
}

}  // namespace

DemoTenant make_retail_tenant(store::Store& store) {
  const History history = read_history();
  DemoShop shop(store, "retail", "2,879 products of a real shop after 50,062 order lines",
                "warehouse@retail.example");
  const auto warehouse = shop.create_warehouse({.name = std::string(warehouse_name),
                                                .type = domain::WarehouseType::own,
                                                .address = std::nullopt,
                                                .marketplace = std::nullopt});
  import_opening_stock(shop, history);
  for (const Order& order : history.orders) replay(shop, order, warehouse.text());
  set_safety_stocks(shop, history);
  return shop.tenant();
}

}  // namespace nexus::cli
