// What the HTTP transport costs by itself: every request is answered with the same 402 bytes of JSON, the
// size of an inventory record. To be compared with a web server that answers the same bytes from memory, on
// the same machine:
//
//   taskset -c 0 http_floor --port 8080 --threads 1
//   taskset -c 1 wrk -t1 -c64 -d5 http://127.0.0.1:8080/api/inventory/SKU-001

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "http/server/server.hpp"

namespace {

namespace http = nexus::http;

constexpr std::size_t body_bytes = 402;

class FixedAnswer : public http::Handler {
 public:
  FixedAnswer() : body_(R"({"data":{"sku":"SKU-001","pad":")") {
    body_.append(body_bytes - body_.size() - 3, 'x').append("\"}}");
  }

  boost::asio::awaitable<void> handle(const http::Request&, http::Response& response) override {
    response.content_type("application/json");
    response.body() += body_;
    co_return;
  }
  boost::asio::awaitable<void> refuse(const http::Refusal&, http::Response&) override { co_return; }
  void completed(const http::Request&, const http::Response&, const http::Exchange&) noexcept override {}
  void trouble(std::string_view what, std::string_view) noexcept override { std::cerr << what << '\n'; }

 private:
  std::string body_;
};

}  // namespace

int main(int argc, char** argv) {
  http::ServerOptions options;
  options.listeners.push_back({});
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const unsigned long value = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--port") options.listeners.front().port = static_cast<std::uint16_t>(value);
    if (name == "--threads") options.threads = value;
  }
  // Before the threads are started, so that they inherit it and the signals come to this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  FixedAnswer handler;
  http::Server server(std::move(options), handler);
  server.start();
  std::cout << server.endpoints().front() << '\n' << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
  server.request_stop();
  server.wait();
}
