#pragma once

#include <string>

#include <sys/types.h>

#include "support/temporary_folder.hpp"

namespace nexus::test {

// A PostgreSQL server of the distribution's in a folder of its own, reached by a Unix socket in it, which
// goes with the object, and with the program however that ends. It does not sync: what it holds is not meant
// to last.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // The URL of a new schema in it, as good as a database and quicker to make.
  std::string make_schema();

 private:
  std::string url(const std::string& schema) const;

  TemporaryFolder folder_;
  pid_t server_ = 0;
  int schemas_ = 0;
};

}  // namespace nexus::test
