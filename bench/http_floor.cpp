// What the HTTP transport costs by itself: every request is answered with the bytes of one file. To be
// compared with the server that makes these bytes, and with a web server that has them in memory, on the same
// machine:
//
//   taskset -c 0 http_floor --port 8080 --threads 1 --body answer.json
//   taskset -c 1 wrk -t1 -c64 -d5 http://127.0.0.1:8080/api/inventory/SKU-001

#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "allocator/tuning.hpp"
#include "arguments.hpp"
#include "http/server/server.hpp"

namespace {

namespace http = nexus::http;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class FixedAnswer : public http::Handler {
 public:
  explicit FixedAnswer(std::string body) : body_(std::move(body)) {}

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

void serve(const nexus::bench::Arguments& arguments) {
  http::ServerOptions options;
  options.listeners.push_back({});
  options.listeners.front().port = static_cast<std::uint16_t>(arguments.number("--port", 0));
  options.threads = arguments.number("--threads", 1);
  // Before the threads are started, so that they inherit it and the signals come to this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  FixedAnswer handler(read_file(arguments.text("--body")));
  http::Server server(std::move(options), handler);
  server.start();
  std::cout << server.endpoints().front() << '\n' << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
  server.request_stop();
  server.wait();
}

}  // namespace

int main(int argc, char** argv) {
  nexus::allocator::tune();
  try {
    serve(nexus::bench::Arguments(argc, argv));
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
