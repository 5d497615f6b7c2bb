// Sends prepared requests over keep-alive connections, each waiting for its answer before the next request: a
// load of an exact number of requests, with the rate of each tenth of it and the latency of each answer,
// which wrk does not give.
//
//   replay --port P --requests FILE --connections K (--count N | --seconds S)
//
// The requests go out in the order of the file, again from its beginning when it ends. Prints one JSON
// object: {"requests":…,"refused":…,"seconds":…,"p50_us":…,"p99_us":…,"max_us":…,"tenths":[seconds, …]};
// "tenths" are how long each tenth of --count took. SIGTERM ends it early with what there is.

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "arguments.hpp"
#include "request_file.hpp"

namespace {

using SteadyClock = std::chrono::steady_clock;

std::atomic<bool> is_stopping{false};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Returns the status of the answer, which was read to its end.
  int exchange(std::string_view request) {
    while (!request.empty()) {
      const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
      if (sent < 0) fail("send");
      request.remove_prefix(static_cast<std::size_t>(sent));
    }
    received_ = 0;
    std::size_t head_end = std::string_view::npos;
    while (head_end == std::string_view::npos) {
      receive();
      head_end = std::string_view(buffer_.data(), received_).find("\r\n\r\n");
    }
    const std::string_view head(buffer_.data(), head_end);
    const int status = to_number<int>(head.substr(head.find(' ') + 1));
    const std::size_t total = head_end + 4 + content_length(head);
    while (received_ < total) receive();
    return status;
  }

 private:
  template <typename Number>
  static Number to_number(std::string_view text) {
    Number value{};
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) {
      throw std::runtime_error("the answer is not HTTP as this program reads it");
    }
    return value;
  }

  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "\r\ncontent-length: ";
    const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; };
    const auto* found = std::search(head.begin(), head.end(), name.begin(), name.end(), is_same);
    if (found == head.end()) return 0;
    return to_number<std::size_t>(std::string_view(found + name.size(), head.end()));
  }

  void receive() {
    if (received_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    const ssize_t got = ::recv(socket_, buffer_.data() + received_, buffer_.size() - received_, 0);
    if (got < 0) fail("recv");
    if (got == 0) throw std::runtime_error("the server closed a connection");
    received_ += static_cast<std::size_t>(got);
  }

  int socket_;
  std::vector<char> buffer_ = std::vector<char>(64U << 10);
  std::size_t received_ = 0;
};

// What all connections share: how much is to be done, and what came out.
struct Run {
  std::vector<std::string> requests;
  std::uint16_t port = 0;
  std::uint64_t count = 0;
  SteadyClock::time_point begin;
  SteadyClock::time_point end_at;

  std::atomic<std::uint64_t> started{0};
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::uint64_t> refused{0};
  std::array<std::atomic<std::int64_t>, 10> tenth_ended_us{};

  std::mutex mutex;  // of what follows
  std::vector<std::uint32_t> latencies_us;
  std::string failure;

  void note_answer(int status) {
    if (status < 200 || status > 299) ++refused;
    const std::uint64_t done = ++answered;
    for (std::uint64_t tenth = 1; count != 0 && tenth <= 10; ++tenth) {
      if (done == count * tenth / 10) tenth_ended_us[tenth - 1] = since(begin);
    }
  }

  static std::int64_t since(SteadyClock::time_point point) {
    return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - point).count();
  }
};

void drive(Run& run) {
  std::vector<std::uint32_t> latencies_us;
  std::string failure;
  try {
    Connection connection(run.port);
    while (!is_stopping && SteadyClock::now() < run.end_at) {
      const std::uint64_t number = run.started++;
      if (number >= run.count) break;
      const auto sent_at = SteadyClock::now();
      run.note_answer(connection.exchange(run.requests[number % run.requests.size()]));
      latencies_us.push_back(static_cast<std::uint32_t>(Run::since(sent_at)));
    }
  } catch (const std::exception& thrown) {
    failure = thrown.what();
  }
  const std::scoped_lock lock(run.mutex);
  run.latencies_us.insert(run.latencies_us.end(), latencies_us.begin(), latencies_us.end());
  if (!failure.empty()) run.failure = failure;
}

void print(Run& run) {
  auto& sorted = run.latencies_us;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](std::size_t percent) {
    return sorted.empty() ? 0U : sorted[(sorted.size() - 1) * percent / 100];
  };
  const double seconds = static_cast<double>(Run::since(run.begin)) / 1e6;
  fmt::print(
      R"({{"requests":{},"refused":{},"seconds":{:.6f},"p50_us":{},"p99_us":{},"max_us":{},"tenths":[)",
      run.answered.load(), run.refused.load(), seconds, percentile(50), percentile(99), percentile(100));
  std::int64_t before_us = 0;
  for (std::size_t i = 0; i < run.tenth_ended_us.size() && run.tenth_ended_us[i] != 0; ++i) {
    const std::int64_t ended_us = run.tenth_ended_us[i];
    fmt::print("{}{:.6f}", i == 0 ? "" : ",", static_cast<double>(ended_us - before_us) / 1e6);
    before_us = ended_us;
  }
  fmt::print("]}}\n");
}

int replay(const nexus::bench::Arguments& arguments) {
  Run run;
  run.requests = nexus::bench::read_requests(arguments.text("--requests"));
  run.port = static_cast<std::uint16_t>(arguments.number("--port"));
  run.count = arguments.number("--count", std::numeric_limits<std::uint64_t>::max() / 10);
  run.begin = SteadyClock::now();
  run.end_at = run.begin + std::chrono::seconds(arguments.number("--seconds", 3600));

  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < arguments.number("--connections"); ++i) {
    threads.emplace_back([&run] { drive(run); });
  }
  for (auto& thread : threads) thread.join();
  print(run);
  if (!run.failure.empty() && !is_stopping) throw std::runtime_error(run.failure);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGTERM, [](int) { is_stopping = true; });
  try {
    return replay(nexus::bench::Arguments(argc, argv));
  } catch (const std::exception& failure) {
    std::cerr << "replay: " << failure.what() << '\n';
    return EXIT_FAILURE;
  }
}
