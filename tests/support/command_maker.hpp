#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/commands.hpp"
#include "domain/decide.hpp"

namespace nexus::test {

// Raw numbers that stand for one command. Any numbers do, so that any source of chance can make them and a
// failing sequence can be shortened.
struct Step {
  std::uint32_t kind = 0;
  std::uint32_t sku = 0;
  std::uint32_t warehouse = 0;
  std::uint32_t quantity = 0;
  std::uint32_t extra = 0;
};

// Turns steps into the commands of one tenant that may or may not be refused: few SKUs, few warehouses of all
// types, small numbers and now and then one at the limit, unknown and malformed ids. Not for several threads.
class CommandMaker {
 public:
  // How much of each kind there is may be seen from the table in the source.
  domain::Request make(const Step& step) const;
  // Remembers the ids that there are now, so that later commands can name them.
  void saw(const domain::Outcome& outcome, const domain::Warehouses& warehouses);

  // Every SKU that a command can name, one that is never made among them.
  static const std::vector<std::string>& skus();

 private:
  std::string warehouse(std::uint32_t number) const;
  std::string reservation(std::uint32_t number) const;
  domain::LevelUpdate update(const Step& step) const;
  domain::UpdateLevels bulk(const Step& step) const;
  domain::SyncLevels sync(const Step& step) const;
  domain::HoldReservation hold(const Step& step) const;
  domain::ShipReservation ship(const Step& step) const;
  domain::ImportRows import(const Step& step) const;

  std::vector<std::string> warehouses_;
  std::vector<domain::Reservation> reservations_;
};

}  // namespace nexus::test
