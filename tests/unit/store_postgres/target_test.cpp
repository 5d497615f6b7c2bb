#include <array>
#include <string>

#include <gtest/gtest.h>

#include "store/postgres/postgres_store.hpp"

namespace nexus::store {

namespace {

struct Shown {
  const char* url;
  const char* text;
};

TEST(PostgresUrlTest, is_shown_without_the_password) {
  constexpr std::array<Shown, 8> cases = {{
      {"postgresql://nexus:secret@db/inventory", "postgresql://nexus@db/inventory"},
      {"postgres://nexus:s%40cret@db1:5432,db2:5433/inventory",
       "postgres://nexus@db1:5432,db2:5433/inventory"},
      {"postgresql://nexus:se?cret@db/inventory?connect_timeout=3", "postgresql://nexus@db/inventory"},
      {"postgresql://nexus:se@cret@db/inventory", "postgresql://nexus@db/inventory"},
      {"postgresql://nexus@db:5432/inventory", "postgresql://nexus@db:5432/inventory"},
      {"postgresql://db:5432/inventory?user=nexus&password=secret", "postgresql://db:5432/inventory"},
      {"postgresql://:secret@/inventory?host=/run/postgresql", "postgresql://@/inventory"},
      {"host=db password=secret", "a PostgreSQL database"},
  }};
  for (const auto& [url, text] : cases) EXPECT_EQ(describe_postgres_store(url), text) << url;
}

}  // namespace

}  // namespace nexus::store
