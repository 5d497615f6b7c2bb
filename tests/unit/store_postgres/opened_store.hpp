#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "session.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/manual_clock.hpp"
#include "support/postgres_server.hpp"

namespace nexus::test {

// A store on tables of its own, and somebody else at them.
class OpenedStore {
 public:
  // `patience` of the store: longer than what a test makes it wait for. Throws what the store says.
  explicit OpenedStore(std::chrono::milliseconds patience) {
    auto opened = store::open_postgres_store({.url = url_, .patience = patience}, clock_);
    if (!opened) throw std::runtime_error(opened.error().message);
    engine_ = std::move(*opened);
  }

  store::Engine& engine() { return *engine_; }
  Session& other() { return other_; }

 private:
  PostgresServer server_;
  ManualClock clock_;
  std::string url_ = server_.make_schema();
  std::unique_ptr<store::Engine> engine_;
  Session other_{url_};
};

}  // namespace nexus::test
