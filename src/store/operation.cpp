#include "store/operation.hpp"

#include <utility>
#include <variant>

#include <boost/asio/prefer.hpp>

namespace nexus::store {

namespace {

std::size_t size_of(const std::optional<std::string>& text) {
  return text ? text->size() : 0;
}
std::size_t size_of(const domain::LevelUpdate& update) {
  return sizeof(update) + update.sku.size() + size_of(update.reason) + size_of(update.note);
}
std::size_t size_of(const domain::SyncRow& row) {
  return sizeof(row) + row.sku.size();
}
std::size_t size_of(const domain::RequestedLine& line) {
  return sizeof(line) + line.sku.size();
}
std::size_t size_of(const domain::ImportRow& row) {
  return sizeof(row) + row.sku.size() + size_of(row.title);
}

template <typename Rows>
std::size_t size_of_all(const Rows& rows) {
  std::size_t size = 0;
  for (const auto& row : rows) size += size_of(row);
  return size;
}

// What may be large; everything else is within its text rules.
std::size_t size_of(const domain::Request& request) {
  if (const auto* levels = std::get_if<domain::UpdateLevels>(&request)) return size_of_all(levels->updates);
  if (const auto* levels = std::get_if<domain::SyncLevels>(&request)) return size_of_all(levels->rows);
  if (const auto* hold = std::get_if<domain::HoldReservation>(&request)) return size_of_all(hold->lines);
  if (const auto* rows = std::get_if<domain::ImportRows>(&request)) return size_of_all(rows->rows);
  return 0;
}

}  // namespace

Operation::Operation(domain::Command what, std::optional<Idempotency> key, boost::asio::any_io_executor where)
    : command(std::move(what)),
      idempotency(std::move(key)),
      // An executor must not run out of work while one of its coroutines waits here.
      executor(boost::asio::prefer(std::move(where), boost::asio::execution::outstanding_work.tracked)),
      bytes(sizeof(Operation) + size_of(command.request)) {}

}  // namespace nexus::store
