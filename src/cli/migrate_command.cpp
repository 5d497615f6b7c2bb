#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "cli/output.hpp"
#include "cli/progress_bar.hpp"
#include "service/host/verify_report.hpp"
#include "store/embedded/contents.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/postgres/loader.hpp"
#include "store/postgres/postgres_store.hpp"

namespace nexus::cli {

namespace {

using domain::Result;
using store::EmbeddedContents;
using store::PostgresLoader;

struct Move {
  std::string from;
  std::string to;
};

PostgresLoader::Piece piece_of(EmbeddedContents::Piece piece) {
  PostgresLoader::Piece out;
  if (!piece.records.empty()) out.tenant = piece.records.front().tenant;
  for (auto& record : piece.records) {
    if (auto* tenant = std::get_if<domain::Tenant>(&record.value)) {
      out.tenants.push_back(std::move(*tenant));
    } else if (auto* key = std::get_if<domain::ApiKey>(&record.value)) {
      out.keys.push_back(std::move(*key));
    } else if (auto* warehouse = std::get_if<EmbeddedContents::NumberedWarehouse>(&record.value)) {
      out.warehouses.push_back(std::move(warehouse->warehouse));
    } else if (auto* item = std::get_if<EmbeddedContents::ItemWithHistory>(&record.value)) {
      out.items.push_back(std::move(item->item));
      for (auto& line : item->lines) out.lines.push_back(std::make_shared<domain::Commit>(std::move(line)));
    } else if (auto* reservation = std::get_if<domain::Reservation>(&record.value)) {
      out.reservations.push_back(std::make_shared<domain::Reservation>(std::move(*reservation)));
    } else if (auto* answer = std::get_if<domain::AnswerKept>(&record.value)) {
      out.answers.push_back(std::move(*answer));
    }
  }
  return out;
}

// Moves what is not there yet. `show` is told how many records went over.
Result<void> move_all(EmbeddedContents& source, PostgresLoader& target, const store::Progress& show,
                      std::uint64_t total) {
  std::uint64_t moved = 0;
  while (!target.position().is_finished) {
    const auto position = target.position();
    auto read = source.read(static_cast<EmbeddedContents::Part>(position.part), position.after);
    if (!read) return std::unexpected(std::move(read.error()));
    PostgresLoader::Position next{.part = position.part, .after = read->end, .is_finished = false};
    if (read->is_last) {
      next = {.part = position.part + 1, .after = {}, .is_finished = false};
      next.is_finished = next.part == static_cast<std::int64_t>(EmbeddedContents::part_count);
    }
    if (position.part == static_cast<std::int64_t>(EmbeddedContents::Part::items))
      moved += read->records.size();
    if (auto loaded = target.load(piece_of(std::move(*read)), std::move(next)); !loaded) return loaded;
    show(moved, total);
  }
  return {};
}

Result<store::VerifyReport> verify_source(const std::string& directory, const store::Clock& clock) {
  auto engine = store::open_embedded_store({.directory = directory, .create_if_missing = false}, clock);
  if (!engine) return std::unexpected(std::move(engine.error()));
  return (*engine)->verify({});
}

Result<store::VerifyReport> verify_target(const std::string& url, const store::Clock& clock,
                                          const store::Progress& show) {
  auto engine = store::open_postgres_store({.url = url}, clock);
  if (!engine) return std::unexpected(std::move(engine.error()));
  return (*engine)->verify(show);
}

// Counts what is there, moves it, and compares the counts. The target's report.
Result<store::VerifyReport> move_store(const Move& wanted, bool is_json) {
  const store::SystemClock clock;
  const auto before = verify_source(wanted.from, clock);
  if (!before) return std::unexpected(before.error());
  if (!before->ok()) {
    return domain::fail(
        domain::ErrorCode::unavailable,
        "the store does not add up, see `nexus-inventory verify`: " + before->problems.front());
  }
  {
    auto source = EmbeddedContents::open(wanted.from, clock);
    if (!source) return std::unexpected(std::move(source.error()));
    auto target = PostgresLoader::open(wanted.to, (*source)->last_sequence(), (*source)->last_commit_at());
    if (!target) return std::unexpected(std::move(target.error()));
    ProgressBar bar("Moving", "items", is_json);
    const auto moved = move_all(
        **source, **target, [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); },
        before->items);
    bar.clear();
    if (!moved) return std::unexpected(moved.error());
  }
  ProgressBar bar("Adding the ledger up", "items", is_json);
  auto after = verify_target(wanted.to, clock,
                             [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); });
  bar.clear();
  if (!after) return after;
  if (after->ok() && (after->tenants != before->tenants || after->items != before->items ||
                      after->levels != before->levels || after->adjustments != before->adjustments ||
                      after->reservations != before->reservations)) {
    after->problems.emplace_back("the database does not hold as many records as the folder");
  }
  return after;
}

int migrate(const CommonOptions& common, const Move& wanted) {
  const auto report = move_store(wanted, common.is_json);
  if (!report) {
    print_error(report.error(), common.is_json);
    return exit_failed;
  }
  if (common.is_json) {
    fmt::print("{}\n", service::to_json(*report));
    return report->ok() ? exit_ok : exit_failed;
  }
  for (const auto& problem : report->problems) fmt::print("{}\n", problem);
  fmt::print("{}: {} tenants, {} items, {} levels, {} adjustments, {} reservations.\n",
             report->ok() ? "All of it is in the database, and adds up" : "The database does not add up",
             report->tenants, report->items, report->levels, report->adjustments, report->reservations);
  if (report->ok()) {
    const StorePlace place{.directory = {}, .url = wanted.to};
    fmt::print(
        "\nNext:\n  nexus-inventory serve{}\nThe folder {} is as it was: keep it until you trust that.\n",
        store_arguments(place), wanted.from);
  }
  return report->ok() ? exit_ok : exit_failed;
}

}  // namespace

void add_migrate_command(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("migrate", "Move a store from a folder into a PostgreSQL database");
  auto wanted = std::make_shared<Move>();
  add_option(*command, "--from", wanted->from, "The folder that holds the store; nobody may be serving it")
      ->type_name("DIR")
      ->required();
  add_option(*command, "--to", wanted->to, "An empty database, as a URL")
      ->type_name("URL")
      ->required()
      ->check(CLI::Validator(
          [](const std::string& url) {
            return is_database_url(url) ? std::string() : "\"" + url + "\" is not postgresql://…";
          },
          ""));
  add_json_option(*command, common);
  command->footer(
      "Everything goes over: tenants, keys, stock, the whole history, reservations and kept answers, under "
      "the\n"
      "same ids and versions. Interrupted, the same command goes on where it was. At the end the ledger is\n"
      "added up in the database and compared; the folder stays as it is.\n\nExample:\n"
      "  nexus-inventory migrate --from /var/lib/nexus --to postgresql://nexus@db/inventory");
  command->callback(
      [&common, &action, wanted] { action = [&common, wanted] { return migrate(common, *wanted); }; });
}

}  // namespace nexus::cli
