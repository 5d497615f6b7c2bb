#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "store/postgres/target.hpp"
#include "store/store.hpp"

namespace nexus::store::postgres {

// Finds the addresses of hosts that are given by their names. The system's resolver has no deadline and
// cannot be called off, so each name is looked up on a thread of its own, which nobody waits for longer than
// he likes. There is one such thread for a name at a time: what it finds is for all who wait for it, or for
// the next to ask. On the io_context's one thread. May be destroyed while a look-up is under way.
class NameLookups {
 public:
  explicit NameLookups(boost::asio::io_context& context) : context_(context) {}

  // The host once for each of its addresses; as it is when it has no name to look up. UNAVAILABLE, with a
  // message for the host's log, when the resolver finds none, or not until `give_up_at`.
  Awaitable<domain::Result<std::vector<Target::Host>>> find(const Target::Host& host,
                                                            std::chrono::steady_clock::time_point give_up_at);

 private:
  struct Lookup;

  std::shared_ptr<Lookup> ask(const std::string& name);

  boost::asio::io_context& context_;
  std::map<std::string, std::shared_ptr<Lookup>> lookups_;  // under way, or not yet of use to anybody
};

}  // namespace nexus::store::postgres
