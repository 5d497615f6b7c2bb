#include "store/embedded/database.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>

#include "store/crash_points.hpp"
#include "store/embedded/database_options.hpp"
#include "store/embedded/fault_settings.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/wal_check.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::string_view format_version = "3";
constexpr std::uint64_t room_for_opening = 4U << 20;
constexpr std::chrono::milliseconds patience_with_users{1000};

std::filesystem::path rocks_path(const std::filesystem::path& directory) {
  return directory / "db";
}
std::filesystem::path runs_path(const std::filesystem::path& directory) {
  return directory / "runs";
}

// Which of the two families has the items. Nothing is said of it until they have moved for the first time.
constexpr std::string_view in_b = "b";
constexpr std::string_view in_a = "a";

domain::Error unavailable(std::string message) {
  return {.code = domain::ErrorCode::unavailable, .message = std::move(message)};
}

}  // namespace

domain::Error to_error(std::string_view doing, const rocksdb::Status& status) {
  auto error = unavailable(std::string(doing));
  error.host_detail = status.ToString();
  return error;
}

domain::Result<std::unique_ptr<Database>> Database::open(const Options& options, const Clock& clock) {
  std::unique_ptr<Database> database(new Database(options));
  database->db_options_ = make_db_options(options.sync_writes);
  if (!options.own_threads) database->db_options_.max_file_opening_threads = 1;
  database->db_options_.env = &database->environment_;
  database->db_options_.listeners = {database->stops_};
  database->descriptors_ = make_families(clock);
  if (auto prepared = database->prepare_folders(options.create_if_missing); !prepared) {
    return std::unexpected(prepared.error());
  }
  if (auto opened = database->open_rocks(); !opened) return std::unexpected(std::move(opened.error().error));
  // Only now is it sure that no other process is writing them.
  for (const auto& leftover : database->files_.list(runs_path(database->directory_))) {
    database->files_.remove(leftover);
  }
  if (auto checked = database->check_format(); !checked) return std::unexpected(checked.error());
  return database;
}

domain::Result<void> Database::prepare_folders(bool create_if_missing) {
  const auto path = rocks_path(directory_);
  if (!create_if_missing && !files_.exists(path / "CURRENT")) {
    return std::unexpected(unavailable(fmt::format("there is no store in {}", directory_.string())));
  }
  auto status = files_.create_folders(path);
  if (status.ok()) status = files_.create_folders(runs_path(directory_));
  // Their names too, also when it was an earlier start that made them. Whose the folder above is, who knows.
  if (status.ok()) status = files_.sync_folder(directory_);
  files_.sync_folder(directory_.parent_path()).PermitUncheckedError();
  if (!status.ok()) {
    return std::unexpected(to_error(fmt::format("cannot make the folder {}", path.string()), status));
  }
  return {};
}

std::expected<void, Database::OpenFailure> Database::open_rocks() {
  const auto path = rocks_path(directory_);
  if (auto checked = check_write_ahead_files(files_, path); !checked && !is_broken(Promise::checksums)) {
    return std::unexpected(OpenFailure{.status = rocksdb::Status::Corruption(told_to_host(checked.error())),
                                       .error = std::move(checked.error())});
  }
  auto complaints = std::make_shared<ComplaintLog>();
  db_options_.info_log = complaints;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(db_options_, path.string(), descriptors_, &handles_, &db);
  if (!status.ok()) {
    if (status.IsIOError() && status.ToString().find("/LOCK") != std::string::npos) {
      return std::unexpected(OpenFailure{
          .status = status,
          .error =
              unavailable(fmt::format("the store in {} is open in another process", directory_.string()))});
    }
    auto failure = to_error(fmt::format("cannot open the store in {}", directory_.string()), status);
    failure.host_detail += complaints->text() + damaged_files();
    return std::unexpected(OpenFailure{.status = status, .error = std::move(failure)});
  }
  db_.reset(db);
  complaints->stop();
  if (auto found = find_items(); !found.ok()) {
    return std::unexpected(
        OpenFailure{.status = found, .error = to_error("cannot find the items of the store", found)});
  }
  return {};
}

// Which sorted files are at fault: what RocksDB says when it cannot open one is often only what is wrong with
// it.
std::string Database::damaged_files() const {
  std::string text;
  rocksdb::Options options;
  options.env = db_options_.env;
  for (const auto& path : files_.list(rocks_path(directory_))) {
    if (path.extension() != ".sst") continue;
    rocksdb::SstFileReader reader{options};
    auto status = reader.Open(path.string());
    if (status.ok()) status = reader.VerifyChecksum();
    if (!status.ok()) text += fmt::format("; {}: {}", path.string(), status.ToString());
  }
  return text;
}

void Database::close_rocks() {
  if (!db_) return;
  for (auto* handle : handles_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle);
  }
  handles_.clear();
  db_->Close();
  db_.reset();
}

std::size_t Database::place_of(Family which) const {
  const bool is_other = has_items_in_b_ && (which == Family::items || which == Family::next_items);
  if (!is_other) return static_cast<std::size_t>(which);
  return static_cast<std::size_t>(which == Family::items ? Family::next_items : Family::items);
}

// Before anybody uses what was opened.
rocksdb::Status Database::find_items() {
  std::string home;
  auto status = db_->Get(rocksdb::ReadOptions(), handles_[place_of(Family::meta)],
                         rocksdb::Slice(keys::items_home), &home);
  if (!status.ok() && !status.IsNotFound()) return status;
  if (status.ok() && home != in_a && home != in_b) {
    return rocksdb::Status::Corruption(fmt::format("no family of items is named {:?}", home));
  }
  has_items_in_b_ = home == in_b;
  return {};
}

bool Database::is_next_items_clear() {
  const auto opened = use();
  if (!opened) return false;
  auto* family = opened->family(Family::next_items);
  std::uint64_t bytes = 0;
  return family != nullptr &&
         opened->rocks().GetIntProperty(family, rocksdb::DB::Properties::kLiveSstFilesSize, &bytes) &&
         bytes == 0;
}

rocksdb::Status Database::clear_next_items() {
  const std::unique_lock alone(using_, patience_with_users);
  if (!alone || !db_) return rocksdb::Status::Busy("the database is in use");
  const auto place = place_of(Family::next_items);
  if (handles_[place] != nullptr) {
    if (auto status = db_->DropColumnFamily(handles_[place]); !status.ok()) return status;
    db_->DestroyColumnFamilyHandle(std::exchange(handles_[place], nullptr));
    crash_point("checkpoint.old_items_dropped");
  }
  const auto& [name, options] = descriptors_[place];
  return db_->CreateColumnFamily(options, name, &handles_[place]);
}

domain::Result<void> Database::check_format() {
  const auto format = get(Family::meta, keys::format);
  if (!format) return std::unexpected(format.error());
  if (*format) {
    if (**format == format_version) return {};
    return std::unexpected(unavailable(fmt::format("the store in {} has format {}, and this version reads {}",
                                                   directory_.string(), **format, format_version)));
  }
  crash_point("start.before_format");
  // What is not flushed holds on to all write-ahead files from its own on, and nothing else flushes this
  // family.
  auto* meta = handles_[place_of(Family::meta)];
  rocksdb::WriteOptions in_memory;
  in_memory.disableWAL = true;
  auto status = db_->Put(in_memory, meta, rocksdb::Slice(keys::format), rocksdb::Slice(format_version));
  if (status.ok()) status = db_->Flush(rocksdb::FlushOptions(), meta);
  if (!status.ok()) return std::unexpected(to_error("cannot write the store's format", status));
  crash_point("start.format_flushed");
  return {};
}

Database::~Database() {
  close_rocks();
}

domain::Result<Database::Use> Database::use() {
  std::shared_lock lock(using_);
  if (!db_) {
    auto error = unavailable("the store is closed until there is space on its disk");
    error.host_detail = directory_.string();
    return std::unexpected(std::move(error));
  }
  return Use(*this, std::move(lock));
}

domain::Result<std::optional<std::string>> Database::get(Family which, std::string_view key) {
  const auto opened = use();
  if (!opened) return std::unexpected(opened.error());
  return opened->get(which, key);
}

domain::Result<std::optional<std::string>> Database::Use::get(Family which, std::string_view key) const {
  std::string value;
  const auto status = rocks().Get(rocksdb::ReadOptions(), family(which), rocksdb::Slice(key), &value);
  if (status.ok()) return std::optional(std::move(value));
  if (status.IsNotFound()) return std::optional<std::string>();
  return std::unexpected(to_error("cannot read the store", status));
}

std::unique_ptr<rocksdb::Iterator> Database::Use::scan(Family which, const rocksdb::Slice* upper) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = !is_broken(Promise::checksums);
  options.total_order_seek = true;
  options.iterate_upper_bound = upper;
  // A pass over everything would push out what the readers use.
  options.fill_cache = false;
  options.readahead_size = 1U << 20;
  return std::unique_ptr<rocksdb::Iterator>(rocks().NewIterator(options, family(which)));
}

SortedRun Database::start_run(Family which) {
  const auto path = runs_path(directory_) / fmt::format("{}.sst", next_run_++);
  return {which, path, rocksdb::Options(db_options_, file_options(which)), files_};
}

rocksdb::ColumnFamilyOptions Database::file_options(Family which) const {
  auto options = descriptors_[place_of(which)].options;
  // A fresh run is merged soon, and that packs it.
  if (which == Family::ledger) options.compression = rocksdb::kNoCompression;
  return options;
}

std::uint64_t Database::room_to_reopen() const {
  // What is in memory only is written into sorted files, at the least.
  auto needed = room_for_opening;
  if (db_) {
    for (auto* handle : handles_) {
      std::uint64_t bytes = 0;
      if (handle == nullptr) continue;
      if (db_->GetIntProperty(handle, rocksdb::DB::Properties::kSizeAllMemTables, &bytes)) needed += bytes;
    }
  }
  return needed;
}

rocksdb::Status Database::reopen() {
  const std::unique_lock alone(using_, patience_with_users);
  if (!alone) return rocksdb::Status::Busy("the database is in use");
  // Not before it can work: while it is closed there are no reads of what is not in memory.
  if (const auto needed = room_to_reopen(); files_.free_bytes(directory_) < needed) {
    return rocksdb::Status::NoSpace(
        fmt::format("writes go on when there are {} MiB free", (needed >> 20) + 1));
  }
  close_rocks();
  if (auto opened = open_rocks(); !opened) return opened.error().status;
  stops_->forget();
  return {};
}

rocksdb::Status Database::ingest(std::vector<SortedRun> runs) {
  const auto has_next_items = [](const SortedRun& run) {
    return run.family_ == Family::next_items && !run.is_empty();
  };
  const bool items_move = std::ranges::any_of(runs, has_next_items);
  if (items_move) {
    auto meta = std::ranges::find(runs, Family::meta, &SortedRun::family_);
    if (meta == runs.end()) meta = runs.insert(meta, start_run(Family::meta));
    meta->put(keys::items_home, has_items_in_b_ ? in_a : in_b);
  }
  const auto opened = use();
  if (!opened) return rocksdb::Status::NoSpace(told_to_host(opened.error()));
  std::vector<rocksdb::IngestExternalFileArg> args;
  for (auto& run : runs) {
    if (run.is_empty()) continue;
    if (auto status = run.finish(); !status.ok()) return status;
    rocksdb::IngestExternalFileArg arg;
    arg.column_family = opened->family(run.family_);
    arg.external_files = {run.path_.string()};
    // Of what was written. Without it RocksDB would read the file once more.
    arg.files_checksums = {run.info_.file_checksum};
    arg.files_checksum_func_names = {run.info_.file_checksum_func_name};
    arg.options.verify_file_checksum = false;
    arg.options.move_files = true;
    arg.options.write_global_seqno = false;
    args.push_back(std::move(arg));
  }
  if (args.empty()) return {};
  crash_point("checkpoint.before_ingest");
  auto status = opened->rocks().IngestExternalFiles(args);
  if (status.ok() && items_move) has_items_in_b_ = !has_items_in_b_;
  return status;
}

struct SortedRun::Writer {
  rocksdb::Options options;
  rocksdb::SstFileWriter file;
  bool is_open = true;

  explicit Writer(const rocksdb::Options& of) : options(of), file(rocksdb::EnvOptions(), options) {}
};

SortedRun::SortedRun(Family family, std::filesystem::path path, const rocksdb::Options& options,
                     const Files& files)
    : family_(family), path_(std::move(path)), files_(&files), writer_(std::make_unique<Writer>(options)) {
  status_ = writer_->file.Open(path_.string());
}

SortedRun::SortedRun(SortedRun&&) noexcept = default;
SortedRun& SortedRun::operator=(SortedRun&&) noexcept = default;

SortedRun::~SortedRun() {
  if (!writer_) return;
  writer_.reset();
  files_->remove(path_);
}

void SortedRun::put(std::string_view key, std::string_view value) {
  ++entries_;
  if (status_.ok()) status_ = writer_->file.Put(rocksdb::Slice(key), rocksdb::Slice(value));
}

void SortedRun::erase(std::string_view key) {
  ++entries_;
  if (status_.ok()) status_ = writer_->file.Delete(rocksdb::Slice(key));
}

rocksdb::Status SortedRun::finish() {
  if (status_.ok() && std::exchange(writer_->is_open, false)) status_ = writer_->file.Finish(&info_);
  return status_;
}

}  // namespace nexus::store::embedded
