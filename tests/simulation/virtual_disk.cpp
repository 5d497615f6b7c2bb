#include "simulation/virtual_disk.hpp"

#include <algorithm>
#include <set>

namespace nexus::simulation {

using rocksdb::IOStatus;

namespace {

constexpr std::size_t sector_size = 512;

IOStatus not_found(const std::string& path) {
  return IOStatus::PathNotFound(path);
}

}  // namespace

std::string_view name(Fault fault) {
  switch (fault) {
    case Fault::write:
      return "write";
    case Fault::sync:
      return "sync";
    case Fault::name:
      return "name";
    case Fault::full:
      return "full";
  }
  return "";
}

std::string VirtualDisk::folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

VirtualDisk::VirtualDisk(const store::Clock& clock, std::uint64_t seed) : clock_(clock), dice_(seed) {
  auto folder = std::make_shared<Node>();
  folder->is_folder = true;
  names_["/store"] = folder;
  durable_names_["/store"] = std::move(folder);
}

void VirtualDisk::stop_after(std::uint64_t changes) {
  const std::scoped_lock lock(mutex_);
  changes_left_ = changes;
}

void VirtualDisk::stop() {
  const std::scoped_lock lock(mutex_);
  is_stopped_ = true;
}

void VirtualDisk::start_process() {
  const std::scoped_lock lock(mutex_);
  is_stopped_ = false;
  changes_left_.reset();
}

void VirtualDisk::restart_machine() {
  const std::scoped_lock lock(mutex_);
  // Of each folder's changes the first so many have come to the disk.
  std::map<std::string, std::uint64_t> by_folder;
  for (const auto& change : unsynced_names_) ++by_folder[change.folder];
  for (auto& [folder, count] : by_folder) count = roll(count + 1);
  Names names = durable_names_;
  for (auto& change : unsynced_names_) {
    auto& left = by_folder[change.folder];
    if (left == 0) continue;
    --left;
    for (auto& [path, node] : change.names) {
      if (node) {
        names[path] = node;
      } else {
        names.erase(path);
      }
    }
  }
  unsynced_names_.clear();
  // What is in a folder that is not there is not there either; folders come before what is in them.
  for (auto entry = names.begin(); entry != names.end();) {
    const auto folder = folder_of(entry->first);
    entry = folder.empty() || names.contains(folder) ? std::next(entry) : names.erase(entry);
  }
  std::set<Node*> seen;
  for (auto& [path, node] : names) {
    if (seen.insert(node.get()).second) tear(*node);
  }
  names_ = names;
  durable_names_ = std::move(names);
  is_stopped_ = false;
  changes_left_.reset();
}

void VirtualDisk::tear(Node& node) {
  if (node.is_folder) return;
  if (node.before) {
    // In one sector: the old or the new.
    if (roll(2) == 0) node.bytes = *node.before;
    node.before.reset();
  }
  tear_tail(node);
  node.written = node.synced = node.synced_size = node.bytes.size();
  node.is_lost = false;
}

void VirtualDisk::tear_tail(Node& node) {
  const auto rest = node.written - node.synced;
  const bool keeps_room =
      node.bytes.size() > node.written && (node.synced_size == node.bytes.size() || roll(2) == 0);
  if (!keeps_room) node.bytes.resize(node.written);
  if (rest == 0) return;
  const auto tail = node.bytes.begin() + static_cast<std::ptrdiff_t>(node.synced);
  // RocksDB takes a manifest for damaged whose unsynced end has holes. What has its room is not cut.
  switch (keeps_room ? 2 + roll(2) : roll(node.is_log ? 4 : 3)) {
    case 0:
      node.bytes.resize(node.synced);
      break;
    case 1:
      node.bytes.resize(node.synced + roll(rest + 1));
      break;
    case 2:
      std::fill_n(tail, rest, '\0');
      break;
    default:
      // Each sector has come to the disk or has not.
      for (auto at = node.synced; at < node.written;) {
        const auto end = std::min((at / sector_size + 1) * sector_size, node.written);
        if (roll(2) == 0) {
          std::fill(node.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    node.bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
        }
        at = end;
      }
  }
}

void VirtualDisk::fail(Fault fault, std::uint64_t nth, bool lasts) {
  const std::scoped_lock lock(mutex_);
  plans_[static_cast<std::size_t>(fault)] = {.left = nth, .lasts = lasts};
}

void VirtualDisk::fill_after(std::uint64_t bytes, bool is_told_by_sync) {
  const std::scoped_lock lock(mutex_);
  room_ = bytes;
  is_full_told_by_sync_ = is_told_by_sync;
}

void VirtualDisk::heal() {
  const std::scoped_lock lock(mutex_);
  plans_ = {};
  room_.reset();
}

std::shared_ptr<const VirtualDisk::Image> VirtualDisk::save() const {
  const std::scoped_lock lock(mutex_);
  std::map<const Node*, NodePtr> copies;
  const auto copy_of = [&](const NodePtr& node) {
    if (!node) return node;
    auto& copy = copies[node.get()];
    if (!copy) copy = std::make_shared<Node>(*node);
    return copy;
  };
  auto image = std::make_shared<Image>();
  for (const auto& [path, node] : names_) image->names[path] = copy_of(node);
  for (const auto& [path, node] : durable_names_) image->durable_names[path] = copy_of(node);
  for (const auto& change : unsynced_names_) {
    auto& copy = image->unsynced_names.emplace_back(change);
    for (auto& [path, node] : copy.names) node = copy_of(node);
  }
  return image;
}

void VirtualDisk::load(const Image& image) {
  const std::scoped_lock lock(mutex_);
  names_ = image.names;
  durable_names_ = image.durable_names;
  unsynced_names_ = image.unsynced_names;
  is_stopped_ = false;
  changes_left_.reset();
}

std::optional<std::string> VirtualDisk::flip_a_bit() {
  const std::scoped_lock lock(mutex_);
  std::vector<Names::value_type*> files;
  for (auto& entry : names_) {
    if (!entry.second->is_folder && !entry.second->bytes.empty()) files.push_back(&entry);
  }
  if (files.empty()) return std::nullopt;
  auto& [path, node] = *files[roll(files.size())];
  const auto bit = roll(node->bytes.size() * 8);
  node->bytes[bit / 8] = static_cast<char>(node->bytes[bit / 8] ^ (1 << (bit % 8)));
  return path + " bit " + std::to_string(bit);
}

IOStatus VirtualDisk::begin_change(Fault kind, bool* is_half_done, const Node* node) {
  *is_half_done = false;
  if (is_stopped_) return IOStatus::IOError("the machine is off");
  ++changes_;
  if (spares_tables_ && node != nullptr && node->is_table) return {};
  if (changes_left_ && (*changes_left_)-- == 0) {
    is_stopped_ = true;
    *is_half_done = true;
    return IOStatus::IOError("the machine is off");
  }
  auto& plan = plans_[static_cast<std::size_t>(kind)];
  if (!plan.left) return {};
  if (*plan.left > 0) {
    --*plan.left;
    return {};
  }
  if (!plan.lasts) plan.left.reset();
  ++done_[static_cast<std::size_t>(kind)];
  *is_half_done = true;
  return IOStatus::IOError("a simulated fault: " + std::string(simulation::name(kind)));
}

IOStatus VirtualDisk::write_at(Node& node, std::uint64_t offset, const rocksdb::Slice& data,
                               std::size_t* count) {
  bool is_half_done = false;
  auto status = begin_change(Fault::write, &is_half_done, &node);
  *count = status.ok() ? data.size() : 0;
  if (is_half_done) *count = roll(data.size() + 1);
  const std::size_t grown = std::max<std::size_t>(node.bytes.size(), offset + *count) - node.bytes.size();
  if (room_ && grown > 0 && !(spares_tables_ && node.is_table)) {
    const auto lacking = grown - std::min<std::size_t>(grown, *room_);
    if (status.ok() && lacking > 0 && !is_full_told_by_sync_) {
      status = IOStatus::NoSpace("the disk is full");
      ++done_[static_cast<std::size_t>(Fault::full)];
    }
    if (!is_full_told_by_sync_) *count -= lacking;
    *room_ -= grown - lacking;
  }
  if (node.bytes.size() < offset + *count) node.bytes.resize(offset + *count);
  std::copy_n(data.data(), *count, node.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  node.changed_at = clock_.now().ms / 1000;
  return status;
}

IOStatus VirtualDisk::append(Node& node, const rocksdb::Slice& data) {
  const std::scoped_lock lock(mutex_);
  std::size_t count = 0;
  auto status = write_at(node, node.written, data, &count);
  node.written += count;
  return status;
}

IOStatus VirtualDisk::write_ahead(Node& node, std::uint64_t offset, const rocksdb::Slice& data) {
  const std::scoped_lock lock(mutex_);
  std::size_t count = 0;
  return write_at(node, offset, data, &count);
}

IOStatus VirtualDisk::truncate(Node& node, std::uint64_t size) {
  const std::scoped_lock lock(mutex_);
  bool is_half_done = false;
  if (auto status = begin_change(Fault::write, &is_half_done, &node); !status.ok()) return status;
  node.bytes.resize(size);
  return {};
}

IOStatus VirtualDisk::overwrite(Node& node, std::uint64_t offset, const rocksdb::Slice& data) {
  const std::scoped_lock lock(mutex_);
  bool is_half_done = false;
  if (auto status = begin_change(Fault::write, &is_half_done); !status.ok()) return status;
  if (!node.before) node.before = node.bytes;
  if (node.bytes.size() < offset + data.size()) node.bytes.resize(offset + data.size());
  std::copy_n(data.data(), data.size(), node.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  node.written = node.bytes.size();
  return {};
}

IOStatus VirtualDisk::sync(Node& node) {
  const std::scoped_lock lock(mutex_);
  bool is_half_done = false;
  if (auto status = begin_change(Fault::sync, &is_half_done, &node); !status.ok()) {
    // The kernel says it once, and takes what it could not write for written from then on.
    if (!is_stopped_) node.is_lost = true;
    return status;
  }
  if (room_ && *room_ == 0 && is_full_told_by_sync_ && node.synced_size < node.bytes.size() &&
      !(spares_tables_ && node.is_table)) {
    node.is_lost = true;
    ++done_[static_cast<std::size_t>(Fault::full)];
    return IOStatus::NoSpace("the disk is full");
  }
  if (ignores_syncs_ || node.is_lost) return {};
  node.synced = node.written;
  node.synced_size = node.bytes.size();
  node.before.reset();
  return {};
}

IOStatus VirtualDisk::sync_folder(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  bool is_half_done = false;
  if (auto status = begin_change(Fault::sync, &is_half_done); !status.ok()) return status;
  if (ignores_syncs_) return {};
  std::erase_if(unsynced_names_, [&](const NameChange& change) {
    if (change.folder != path) return false;
    for (const auto& [changed, node] : change.names) {
      if (node) {
        durable_names_[changed] = node;
      } else {
        durable_names_.erase(changed);
      }
    }
    return true;
  });
  return {};
}

IOStatus VirtualDisk::change_names(NameChange change) {
  bool is_half_done = false;
  if (auto status = begin_change(Fault::name, &is_half_done); !status.ok()) return status;
  for (const auto& [path, node] : change.names) {
    if (node) {
      names_[path] = node;
    } else {
      names_.erase(path);
    }
  }
  unsynced_names_.push_back(std::move(change));
  return {};
}

IOStatus VirtualDisk::find(const std::string& path, NodePtr* node) const {
  if (is_stopped_) return IOStatus::IOError("the machine is off");
  const auto found = names_.find(path);
  if (found == names_.end()) return not_found(path);
  *node = found->second;
  return {};
}

}  // namespace nexus::simulation
