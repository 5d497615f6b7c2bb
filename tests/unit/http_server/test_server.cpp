#include "test_server.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nexus::http::test {
namespace {

constexpr std::size_t piece_bytes = 1000;

class TextStream : public BodyStream {
 public:
  TextStream(std::size_t bytes, bool breaks, std::atomic<std::size_t>& pieces)
      : text_(expected_text(bytes)), breaks_(breaks), pieces_(pieces) {}

  boost::asio::awaitable<bool> next(std::string& chunk) override {
    ++pieces_;
    const std::size_t bytes = std::min(piece_bytes, text_.size() - at_);
    chunk.append(text_, at_, bytes);
    at_ += bytes;
    if (at_ == text_.size() && breaks_) throw std::runtime_error("stream broke");
    co_return at_ < text_.size();
  }

 private:
  std::string text_;
  bool breaks_;
  std::size_t at_ = 0;
  std::atomic<std::size_t>& pieces_;
};

ServerOptions options_for(const std::function<void(ServerOptions&)>& change) {
  ServerOptions options;
  options.listeners.push_back({});
  options.threads = 1;
  change(options);
  return options;
}

std::size_t number_behind(std::string_view path, std::string_view prefix) {
  return std::stoul(std::string(path.substr(prefix.size())));
}

}  // namespace

std::string expected_text(std::size_t bytes) {
  constexpr std::size_t period_min = 10'007;
  std::string period;
  for (std::size_t i = 0; period.size() < period_min; ++i) period += std::to_string(i * i) + ",";
  std::string text;
  text.reserve(bytes + period.size());
  while (text.size() < bytes) text += period;
  text.resize(bytes);
  return text;
}

boost::asio::awaitable<void> TestHandler::handle(const Request& request, Response& response) {
  const std::string_view path = request.path;
  response.content_type("text/plain");
  if (path.starts_with("/json/")) {
    response.content_type("application/json");
    response.body() = expected_text(number_behind(path, "/json/"));
  } else if (path.starts_with("/stream/")) {
    response.stream(std::make_unique<TextStream>(number_behind(path, "/stream/"), false, stream_pieces));
  } else if (path.starts_with("/broken-stream/")) {
    response.stream(
        std::make_unique<TextStream>(number_behind(path, "/broken-stream/"), true, stream_pieces));
  } else if (path.starts_with("/status/")) {
    response.status(static_cast<unsigned>(number_behind(path, "/status/")));
    response.body() = "status";
  } else if (path == "/gate") {
    ++at_gate_;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (!gate_open_) {
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    response.body() = "through the gate";
  } else if (path == "/throw") {
    response.body() = "half an answer";
    throw std::runtime_error("handler broke");
  } else if (path == "/address") {
    response.body().append(request.remote_address).append(" ").append(std::to_string(request.listener));
  } else if (path == "/close") {
    response.close();
  } else if (path == "/encoded") {
    response.header("Content-Encoding", "br");
    response.body() = expected_text(5000);
  } else if (path == "/bad-header") {
    response.header("X-Note", "a\r\nSet-Cookie: b");
  } else {
    response.header("X-Seen", request.header("X-Sent"));
    response.body().append(request.method).append(" ").append(path).append("?").append(request.query);
    response.body().append(" ").append(request.body);
  }
}

boost::asio::awaitable<void> TestHandler::refuse(const Refusal& refusal, Response& response) {
  response.content_type("text/plain");
  response.body().append("refused: ").append(refusal.message);
  if (refusal.request != nullptr) response.body().append(" at ").append(refusal.request->path);
  co_return;
}

void TestHandler::completed(const Request& request, const Response& response,
                            const Exchange& exchange) noexcept {
  const std::lock_guard lock(mutex_);
  completed_.push_back({std::string(request.method), std::string(request.path),
                        std::string(request.request_id), response.status(), exchange.request_bytes,
                        exchange.response_bytes, exchange.cut});
}

void TestHandler::trouble(std::string_view what, std::string_view) noexcept {
  const std::lock_guard lock(mutex_);
  troubles_.emplace_back(what);
}

void TestHandler::wait_for_arrivals_at_gate(int count) const {
  eventually([&] { return at_gate_ >= count; });
}

std::vector<Completed> TestHandler::exchanges() const {
  const std::lock_guard lock(mutex_);
  return completed_;
}

std::vector<std::string> TestHandler::troubles() const {
  const std::lock_guard lock(mutex_);
  return troubles_;
}

TestServer::TestServer(const std::function<void(ServerOptions&)>& change)
    : server(options_for(change), handler) {
  server.start();
}

TestServer::~TestServer() {
  handler.open_gate();
  server.request_stop();
  server.wait();
}

}  // namespace nexus::http::test
