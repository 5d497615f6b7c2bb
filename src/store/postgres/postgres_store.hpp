#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "store/clock.hpp"
#include "store/engine.hpp"

namespace nexus::store {

struct PostgresOptions {
  std::string url;          // postgresql://…, as libpq takes it
  std::size_t readers = 2;  // connections
  std::size_t writers = 4;
  // How long a request may wait for the database before it is told that it is not available.
  std::chrono::milliseconds patience{5000};
};

// Opens the store in a PostgreSQL database, in which it makes its tables when they are not there. Any number
// of nodes may have the same one open. The clock must outlive it. Destroying it finishes what was accepted,
// as far as the database still answers.
//
// Errors: VALIDATION_ERROR when the URL cannot be read; UNAVAILABLE when the database cannot be reached, or
// its tables are of a newer program.
domain::Result<std::unique_ptr<Engine>> open_postgres_store(const PostgresOptions& options,
                                                            const Clock& clock);

// What may be shown of the URL of a database: never the password. Still a URL of the same database.
std::string describe_postgres_store(const std::string& url);

}  // namespace nexus::store
