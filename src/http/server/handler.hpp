#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "http/server/message.hpp"

namespace nexus::http {

enum class RefusalReason {
  malformed,             // 400: not a request that everybody would read the same way
  timeout,               // 408: head or body did not arrive in time
  body_too_large,        // 413
  target_too_long,       // 414
  expectation_unknown,   // 417: Expect with something else than 100-continue
  headers_too_large,     // 431
  handler_failed,        // 500: handle() threw
  too_many_connections,  // 503
};

// What the server answers by itself, without asking handle().
struct Refusal {
  unsigned status;
  RefusalReason reason;
  std::string_view message;     // what was wrong, fit to be shown to the client
  std::string_view request_id;  // never empty
  const Request* request;       // when its head was understood (413, 417, 500, a late body), else null
};

// How an exchange went, for log lines and metrics.
struct Exchange {
  std::chrono::nanoseconds
      took;                     // from the whole request being there to the answer being ready, streams: sent
  std::uint64_t request_bytes;  // of the head and the body as received
  std::uint64_t response_bytes;  // of the head and the body as sent
  bool cut = false;              // the client did not get the whole answer
};

// What the server is for. One handler serves all threads: every method may be called on several of them at
// once.
class Handler {
 public:
  virtual ~Handler() = default;

  // Answers one request. Runs on the connection's executor and resumes there. The requests of a connection
  // come one after the other. HEAD is answered as GET: the server leaves the body out. Throwing means 500 and
  // a closed connection. What refuse() and handle() put into the response is never mixed: it is empty when
  // they are called.
  virtual boost::asio::awaitable<void> handle(const Request& request, Response& response) = 0;

  // Fills the body (and content type) of a refusal. Its status is set already, but may be changed: a client
  // that may not upload anything is better told so than that its upload is too large.
  virtual boost::asio::awaitable<void> refuse(const Refusal& refusal, Response& response) = 0;

  // After every answer, refusals included; `request` is all empty but for request_id, remote_address and
  // listener when the head was not understood.
  virtual void completed(const Request& request, const Response& response,
                         const Exchange& exchange) noexcept = 0;

  // Something that whoever runs the server should know: a handler that threw, no descriptors left to accept
  // with.
  virtual void trouble(std::string_view what, std::string_view request_id) noexcept = 0;
};

}  // namespace nexus::http
