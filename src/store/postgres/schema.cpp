#include "store/postgres/schema.hpp"

#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "store/postgres/migrations.hpp"
#include "store/postgres/name_lookups.hpp"

namespace nexus::store::postgres {

namespace {

using domain::Result;

// Any number will do, so long as nobody else takes it.
constexpr std::string_view migration_lock = "7305809420166211150";
constexpr std::chrono::seconds connect_limit(5);  // for a name, and for each of its addresses

domain::Error trouble(std::string_view what, const char* message) {
  std::string text(message == nullptr ? "" : message);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return {.code = domain::ErrorCode::unavailable, .message = fmt::format("{}: {}", what, text)};
}

// A connection that blocks, for the start only.
class Migrator {
 public:
  Result<void> run(const Target& target) {
    if (auto connected = connect(target); !connected) return connected;
    if (auto utf8 = require_utf8(); !utf8) return utf8;
    // That the tables are there already is no news.
    PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr);
    if (auto ready = execute("CREATE TABLE IF NOT EXISTS nexus_schema (version integer PRIMARY KEY, "
                             "applied_at timestamptz NOT NULL DEFAULT now())");
        !ready) {
      // Two that begin at once: the other one has made it.
      if (auto there = execute("SELECT FROM nexus_schema"); !there) return std::unexpected(ready.error());
    }
    for (;;) {
      const auto more = step();
      if (!more) return std::unexpected(more.error());
      if (!*more) return {};
    }
  }

  Result<void> require_whole() {
    auto unfinished = execute("SELECT FROM moves WHERE NOT is_finished");
    if (!unfinished) return std::unexpected(unfinished.error());
    if (PQntuples(unfinished->get()) == 0) return {};
    return domain::fail(domain::ErrorCode::unavailable,
                        "a store is being moved into the database and is not whole yet: finish it with "
                        "`nexus-inventory migrate`");
  }

 private:
  using ResultPtr = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  Result<void> connect(const Target& target) {
    std::string why;
    for (const auto& named : target.hosts()) {
      const auto hosts = find_addresses(named);
      if (!hosts) why = hosts.error().message;
      for (const auto& host : hosts.value_or(std::vector<Target::Host>())) {
        if (connect(target, host)) return {};
        why = PQerrorMessage(connection_.get());
      }
    }
    return std::unexpected(trouble("cannot connect to " + target.description(), why.c_str()));
  }

  // libpq's own limit does not hold for names.
  static Result<std::vector<Target::Host>> find_addresses(const Target::Host& host) {
    boost::asio::io_context context(1);
    NameLookups names(context);
    auto found = boost::asio::co_spawn(
        context, names.find(host, std::chrono::steady_clock::now() + connect_limit), boost::asio::use_future);
    context.run();
    return found.get();
  }

  bool connect(const Target& target, const Target::Host& host) {
    const auto limit = std::to_string(connect_limit.count());
    Target::Keywords keywords;
    target.write_keywords(host, "", keywords);
    keywords.names.back() = "connect_timeout";
    keywords.values.back() = limit.c_str();
    keywords.names.push_back(nullptr);
    keywords.values.push_back(nullptr);
    connection_.reset(PQconnectdbParams(keywords.names.data(), keywords.values.data(), 0));
    return PQstatus(connection_.get()) == CONNECTION_OK;
  }

  Result<void> require_utf8() {
    const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
    if (encoding != nullptr && std::string_view(encoding) == "UTF8") return {};
    return domain::fail(domain::ErrorCode::unavailable,
                        "the database must have the encoding UTF8: make it with "
                        "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0");
  }

  Result<ResultPtr> execute(const std::string& sql) {
    ResultPtr result(PQexec(connection_.get(), sql.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    return std::unexpected(
        trouble("the database's tables cannot be made", PQerrorMessage(connection_.get())));
  }

  // Takes one step; false when there was none to take.
  Result<bool> step() {
    if (auto begun = execute("BEGIN"); !begun) return std::unexpected(begun.error());
    if (auto locked = execute(fmt::format("SELECT pg_advisory_xact_lock({})", migration_lock)); !locked)
      return std::unexpected(locked.error());
    auto found = execute("SELECT coalesce(max(version), 0) FROM nexus_schema");
    if (!found) return std::unexpected(found.error());
    const std::string_view number = PQgetvalue(found->get(), 0, 0);
    int version = 0;
    std::from_chars(number.data(), number.data() + number.size(), version);
    if (version > schema_version()) {
      return domain::fail(domain::ErrorCode::unavailable,
                          fmt::format("the database's tables are of version {} and this program knows {}: "
                                      "run the newer program",
                                      version, schema_version()));
    }
    const bool has_step = version < schema_version();
    if (has_step) {
      const auto next = static_cast<std::size_t>(version);
      if (auto made = execute(std::string(migrations[next])); !made) return std::unexpected(made.error());
      if (auto noted = execute(fmt::format("INSERT INTO nexus_schema (version) VALUES ({})", version + 1));
          !noted)
        return std::unexpected(noted.error());
    }
    if (auto done = execute("COMMIT"); !done) return std::unexpected(done.error());
    return has_step;
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_{nullptr, PQfinish};
};

}  // namespace

int schema_version() {
  return static_cast<int>(migrations.size());
}

Result<void> migrate_schema(const Target& target) {
  return Migrator().run(target);
}

Result<void> prepare_schema(const Target& target) {
  Migrator migrator;
  if (auto migrated = migrator.run(target); !migrated) return migrated;
  return migrator.require_whole();
}

}  // namespace nexus::store::postgres
