#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "http/server/server.hpp"
#include "raw_client.hpp"
#include "support/eventually.hpp"

namespace nexus::http::test {

using nexus::test::eventually;

struct Completed {
  std::string method;
  std::string path;
  std::string request_id;
  unsigned status;
  std::uint64_t request_bytes;
  std::uint64_t response_bytes;
  bool cut;
};

// Answers with what it was asked. The path says how: /echo, /json/BYTES, /stream/BYTES, /broken-stream/BYTES,
// /gate (not before open_gate()), /throw, /status/CODE, /address, /close, /encoded, /bad-header.
class TestHandler : public Handler {
 public:
  boost::asio::awaitable<void> handle(const Request& request, Response& response) override;
  boost::asio::awaitable<void> refuse(const Refusal& refusal, Response& response) override;
  void completed(const Request& request, const Response& response,
                 const Exchange& exchange) noexcept override;
  void trouble(std::string_view what, std::string_view request_id) noexcept override;

  void open_gate() { gate_open_ = true; }
  void wait_for_arrivals_at_gate(int count) const;
  std::vector<Completed> exchanges() const;
  std::vector<std::string> troubles() const;
  std::atomic<std::size_t> stream_pieces = 0;

 private:
  std::atomic<bool> gate_open_ = false;
  std::atomic<int> at_gate_ = 0;
  mutable std::mutex mutex_;
  std::vector<Completed> completed_;
  std::vector<std::string> troubles_;
};

// A running server on a free port of 127.0.0.1, one thread unless told otherwise.
class TestServer {
 public:
  explicit TestServer(const std::function<void(ServerOptions&)>& change = [](ServerOptions&) {});
  ~TestServer();

  const std::string& endpoint() const { return server.endpoints().front(); }

  TestHandler handler;
  Server server;
};

// What /json/BYTES and /stream/BYTES answer.
std::string expected_text(std::size_t bytes);

}  // namespace nexus::http::test
