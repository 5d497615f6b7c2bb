#include "service/host/import.hpp"

#include "service/host/repetition_guard.hpp"
#include "store/wait.hpp"

namespace nexus::service {

namespace {

using domain::ImportRow;
using domain::Result;

// Gathers good rows and executes them a batch at a time.
class Importer {
 public:
  Importer(store::Store& store, const ImportOptions& options) : store_(store), options_(options) {}

  void report_bad(std::uint64_t line, std::string message) {
    ++report_.bad_lines;
    if (report_.first_bad_lines.size() < bad_lines_reported_max) {
      report_.first_bad_lines.push_back({.line = line, .message = std::move(message)});
    }
  }

  void add(std::uint64_t line, ImportRow row) {
    if (auto why = repetitions_.check(line, row)) return report_bad(line, std::move(*why));
    rows_.push_back(std::move(row));
    lines_.push_back(line);
  }

  bool is_full() const { return rows_.size() == domain::import_rows_max; }

  Result<void> flush() {
    if (rows_.empty()) return {};
    const std::size_t rows = rows_.size();
    domain::Command command{.tenant = options_.tenant,
                            .actor = options_.actor,
                            .request = domain::ImportRows{.rows = std::move(rows_),
                                                          .create_warehouses = options_.create_warehouses}};
    const auto executed = store::wait(store_.execute(std::move(command), std::nullopt));
    if (!executed) return std::unexpected(executed.error());
    const auto& outcome = std::get<domain::ImportOutcome>(executed->outcome);
    report_.rows += rows - outcome.errors.size();
    report_.items_created += outcome.items_created;
    report_.items_changed += outcome.items_changed;
    report_.warehouses_created += outcome.warehouses_created;
    report_.levels_adjusted += outcome.levels_adjusted;
    report_.rows_unchanged += outcome.rows_unchanged;
    for (const auto& error : outcome.errors) report_bad(lines_[error.index], error.message);
    rows_.clear();
    lines_.clear();
    return {};
  }

  ImportReport report() && { return std::move(report_); }

 private:
  store::Store& store_;
  const ImportOptions& options_;
  RepetitionGuard repetitions_;
  std::vector<ImportRow> rows_;
  std::vector<std::uint64_t> lines_;  // of the rows
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_stock(store::Store& store, const ImportOptions& options, ByteSource source,
                                  const store::Progress& progress) {
  const auto reader = make_row_reader(options.format, std::move(source));
  Importer importer(store, options);
  for (;;) {
    auto next = reader->next();
    if (!next) return std::unexpected(std::move(next.error()));
    std::optional<RowLine>& line = *next;
    if (!line) break;
    if (auto* why = std::get_if<std::string>(&line->content)) {
      importer.report_bad(line->line, std::move(*why));
      continue;
    }
    importer.add(line->line, std::move(std::get<ImportRow>(line->content)));
    if (!importer.is_full()) continue;
    if (auto flushed = importer.flush(); !flushed) return std::unexpected(std::move(flushed.error()));
    if (progress) progress(reader->bytes_consumed(), 0);
  }
  if (auto flushed = importer.flush(); !flushed) return std::unexpected(std::move(flushed.error()));
  if (progress) progress(reader->bytes_consumed(), 0);
  return std::move(importer).report();
}

}  // namespace nexus::service
