#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <libpq-fe.h>

namespace nexus::test {

// Somebody else at the same tables.
class Session {
 public:
  explicit Session(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {}

  // Whether it gave a row. Throws what the database says when it refuses.
  bool run(const char* sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection_.get(), sql), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    return PQntuples(result.get()) > 0;
  }

  // Until somebody waits for a lock.
  void wait_for_a_waiter() {
    while (!run("SELECT 1 FROM pg_locks WHERE NOT granted"))
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

 private:
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

}  // namespace nexus::test
