#include "shop.hpp"

#include <array>
#include <chrono>
#include <iterator>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "store/embedded/open_store.hpp"
#include "store/wait.hpp"

namespace nexus::test {

namespace {

constexpr int shared_skus = 5;

std::string lane_sku(int lane) {
  return "lane " + std::to_string(lane);
}
std::string shared_sku(std::int64_t step) {
  return "shared " + std::to_string(step % shared_skus);
}
std::string answer_of(std::int64_t step, int lane) {
  return "answer to step " + std::to_string(step) + " of lane " + std::to_string(lane);
}

}  // namespace

Shop::Shop(const std::filesystem::path& folder, Settings settings, int lanes) : lanes_(lanes) {
  auto opened = store::embedded::open_store({.directory = folder,
                                             .checkpoint_events = settings.checkpoint_events,
                                             .checkpoint_interval_ms = settings.checkpoint_interval_ms,
                                             .sync_writes = settings.sync_writes},
                                            clock_, *settings.environment);
  if (!opened) throw std::runtime_error(told_to_host(opened.error()));
  store_ = std::move(*opened);
  set_up(lanes);
}

// Also what a crash cut short: each part is made only where it is missing.
void Shop::set_up(int lanes) {
  const auto tenants = store::wait(store_->tenants());
  if (tenants.empty()) {
    auto made = store::wait(store_->execute(
        {.tenant = {}, .actor = "host", .request = domain::CreateTenant{"shop"}}, std::nullopt));
    if (!made) throw std::runtime_error(told_to_host(made.error()));
    tenant_ = std::get<domain::Tenant>(made->outcome).id;
  } else {
    tenant_ = tenants.front().id;
  }
  if (store::wait(store_->warehouses(tenant_))->empty())
    execute(domain::CreateWarehouse{.name = "Berlin"}).value();
  warehouse_ = store::wait(store_->warehouses(tenant_))->front().id.text();
  const auto make = [&](const std::string& sku) { (void)execute(domain::CreateItem{sku, {}}); };
  for (int lane = 0; lane < lanes; ++lane) make(lane_sku(lane));
  for (int i = 0; i < shared_skus; ++i) make(shared_sku(i));
}

domain::Result<store::Executed> Shop::execute(domain::Request request,
                                              std::optional<store::Idempotency> idempotency) {
  return store::wait(store_->execute({.tenant = tenant_, .actor = "till", .request = std::move(request)},
                                     std::move(idempotency)));
}

std::int64_t Shop::on_hand(const std::string& sku) {
  std::int64_t sum = 0;
  store::wait(store_->read_item(tenant_, sku, [&](const domain::Item& item, const domain::Warehouses&) {
    for (const auto& level : item.levels) sum += level.on_hand;
  }));
  return sum;
}

std::int64_t Shop::steps(int lane) {
  return on_hand(lane_sku(lane));
}

domain::Result<store::Executed> Shop::execute_step(std::int64_t step, int lane) {
  clock_.advance_ms(1);
  domain::UpdateLevels update;
  update.is_bulk = true;
  for (const auto& sku : {lane_sku(lane), shared_sku(step)}) {
    update.updates.push_back({.sku = sku, .warehouse_id = warehouse_, .is_delta = true, .quantity = 1});
  }
  const store::Idempotency idempotency{
      .key = std::to_string(lane) + "/" + std::to_string(step),
      .fingerprint = {1},
      .render = [=](const store::Executed&) { return store::RenderedAnswer{.body = answer_of(step, lane)}; }};
  return execute(std::move(update), idempotency);
}

// A store that went on after its disk was full may find once more that it was, for what it did before then.
domain::Result<store::Executed> Shop::execute_step_in_time(std::int64_t step, int lane) {
  const auto waits_for_space = [](const domain::Result<store::Executed>& done) {
    return !done && done.error().message.ends_with("the disk is full");
  };
  auto done = execute_step(step, lane);
  for (int i = 0; i < 300 && waits_for_space(done); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    done = execute_step(step, lane);
  }
  return done;
}

bool Shop::do_step(std::int64_t step, int lane) {
  if (const auto done = execute_step(step, lane); !done) {
    refusal_ = done.error().message;
    return false;
  }
  if (step % 4 != 0) return true;
  // Put on a shared SKU and taken off again, so that the count of steps stays what it is.
  const auto order = std::to_string(lane) + "-" + std::to_string(step);
  domain::UpdateLevels put;
  put.updates.push_back({.sku = "shared 0", .warehouse_id = warehouse_, .is_delta = true, .quantity = 1});
  if (!execute(put)) return false;
  const auto held =
      execute(domain::HoldReservation{order, {{.sku = "shared 0", .quantity = 1}}, std::nullopt});
  if (!held) return held.error().code != domain::ErrorCode::unavailable;
  const auto id = std::get<domain::ReservationOutcome>(held->outcome).reservation->id.text();
  const auto shipped = execute(domain::ShipReservation{id, std::nullopt});
  return shipped || shipped.error().code != domain::ErrorCode::unavailable;
}

std::string Shop::audit() {
  std::string found;
  std::array<std::int64_t, shared_skus> expected{};
  for (int lane = 0; lane < lanes_; ++lane) {
    const auto done = steps(lane);
    for (std::int64_t step = 1; step <= done; ++step)
      ++expected[static_cast<std::size_t>(step % shared_skus)];
  }
  for (int i = 0; i < shared_skus; ++i) {
    const auto stands = on_hand(shared_sku(i));
    // Orders put on, and may not have got to take off, one each on the first of them.
    const auto most = expected[static_cast<std::size_t>(i)] + (i == 0 ? 1'000'000 : 0);
    if (stands < expected[static_cast<std::size_t>(i)] || stands > most) {
      found +=
          "the bulks were not all or nothing: " + shared_sku(i) + " has " + std::to_string(stands) + "; ";
    }
  }
  const auto report = store_->verify(nullptr);
  if (!report) return found + told_to_host(report.error());
  for (const auto& problem : report->problems) found += problem + "; ";
  for (int lane = 0; lane < lanes_; ++lane) {
    const auto done = steps(lane);
    if (done > 0) {
      const auto again = execute_step_in_time(done, lane);
      if (!again || !again->is_replay || again->answer->body != answer_of(done, lane)) {
        found += "the answer to step " + std::to_string(done) + " was not kept; ";
      }
    }
    const auto next = execute_step_in_time(done + 1, lane);
    if (!next || next->is_replay || steps(lane) != done + 1) found += "the next step is not the next one; ";
  }
  return found;
}

namespace {

std::set<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  const std::filesystem::recursive_directory_iterator files(folder);
  return {begin(files), end(files)};
}

}  // namespace

void copy_store(const std::filesystem::path& from, const std::filesystem::path& to) {
  // Its background work makes and deletes files: only what was the same from beginning to end is a moment of
  // it.
  for (;;) {
    std::filesystem::remove_all(to);
    try {
      const auto before = files_in(from);
      std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
      if (files_in(from) == before) return;
    } catch (const std::filesystem::filesystem_error& changed) {
      // A file that is cut while it is copied is an I/O error.
      if (changed.code() != std::errc::no_such_file_or_directory && changed.code() != std::errc::io_error) {
        throw;
      }
    }
  }
}

}  // namespace nexus::test
