// Names the files of the state, which a start of the server has to read: items and other records. Neither
// ledger and archives, which it leaves alone, nor the log, whose tail it replays, are among them. One path a
// line.
//
//   state_files DIR        (a store that no server has open)

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

namespace {

namespace fs = std::filesystem;

bool is_loaded(std::string_view family) {
  return family == "records" || family.starts_with("items");
}

int run(const std::string& directory) {
  rocksdb::Options options;
  std::vector<std::string> names;
  auto status = rocksdb::DB::ListColumnFamilies(options, directory, &names);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.reserve(names.size());
  for (const auto& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  if (status.ok()) status = rocksdb::DB::OpenForReadOnly(options, directory, families, &handles, &opened);
  if (!status.ok()) {
    std::cerr << "state_files: " << status.ToString() << '\n';
    return EXIT_FAILURE;
  }
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  for (const auto& file : files) {
    if (is_loaded(file.column_family_name)) std::cout << file.db_path << file.name << '\n';
  }
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: state_files DIR\n";
    return EXIT_FAILURE;
  }
  const fs::path database = fs::path(argv[1]) / "db";
  return run(fs::exists(database) ? database.string() : argv[1]);
}
