#include "store/postgres/name_lookups.hpp"

#include <array>
#include <atomic>
#include <netdb.h>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

namespace nexus::store::postgres {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds look_interval(5);
// An answer that came when nobody waited any more: the name may mean another machine after a while.
constexpr std::chrono::seconds answer_is_good_for(10);

struct Found {
  std::vector<std::string> addresses;
  std::string why;  // there are none
};

bool has_name(const Target::Host& host) {
  if (host.host.empty() || !host.address.empty()) return false;
  // Else it is a folder with a Unix socket, or one without a folder.
  if (host.host.front() == '/' || host.host.front() == '@') return false;
  boost::system::error_code is_name;
  asio::ip::make_address(host.host, is_name);
  return static_cast<bool>(is_name);
}

Found look_up(const std::string& name) {
  Found found;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int failed = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); failed != 0) {
    found.why = ::gai_strerror(failed);
    return found;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, ::freeaddrinfo);
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0)
      found.addresses.emplace_back(text.data());
  }
  if (found.addresses.empty()) found.why = "it has no address";
  return found;
}

domain::Error not_found(const std::string& what) {
  return {.code = domain::ErrorCode::unavailable, .message = what};
}

}  // namespace

struct NameLookups::Lookup {
  Found found;
  steady_clock::time_point found_at;
  std::atomic<bool> is_done = false;  // the thread has written the rest, and touches it no more
};

std::shared_ptr<NameLookups::Lookup> NameLookups::ask(const std::string& name) {
  auto& lookup = lookups_[name];
  if (lookup && (!lookup->is_done || steady_clock::now() < lookup->found_at + answer_is_good_for))
    return lookup;
  lookup = std::make_shared<Lookup>();
  const auto work = [name, lookup] {
    lookup->found = look_up(name);
    lookup->found_at = steady_clock::now();
    lookup->is_done = true;
  };
  try {
    std::thread(work).detach();
  } catch (const std::system_error& refusal) {
    lookup->found.why = refusal.what();
    lookup->is_done = true;
  }
  return lookup;
}

Awaitable<domain::Result<std::vector<Target::Host>>> NameLookups::find(const Target::Host& host,
                                                                       steady_clock::time_point give_up_at) {
  if (!has_name(host)) co_return std::vector<Target::Host>{host};
  const auto lookup = ask(host.host);
  asio::steady_timer timer(context_);
  while (!lookup->is_done) {
    if (steady_clock::now() >= give_up_at)
      co_return std::unexpected(not_found("the name " + host.host + " is not looked up in time"));
    timer.expires_after(look_interval);
    co_await timer.async_wait(asio::use_awaitable);
  }
  if (const auto known = lookups_.find(host.host); known != lookups_.end() && known->second == lookup)
    lookups_.erase(known);
  if (lookup->found.addresses.empty()) {
    co_return std::unexpected(
        not_found("the name " + host.host + " cannot be looked up: " + lookup->found.why));
  }
  std::vector<Target::Host> hosts;
  for (const auto& address : lookup->found.addresses) {
    hosts.push_back(host);
    hosts.back().address = address;
  }
  co_return hosts;
}

}  // namespace nexus::store::postgres
