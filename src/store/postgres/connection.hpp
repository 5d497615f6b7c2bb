#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "store/postgres/name_lookups.hpp"
#include "store/postgres/target.hpp"
#include "store/postgres/wire.hpp"
#include "store/store.hpp"

namespace nexus::store::postgres {

// A statement that is prepared once on each connection, under its name.
struct Statement {
  const char* name;
  const char* sql;
};

struct Call {
  Call(const Statement& what, Parameters with) : statement(&what), parameters(std::move(with)) {}

  const Statement* statement;
  Parameters parameters;
};

// What the server, or the way to it, said instead of an answer.
struct Failure {
  std::string state;  // SQLSTATE; empty when the server did not say anything
  std::string message;
  std::size_t call = 0;  // the one that failed
  bool is_lost = false;  // the connection is gone: what was sent may have been carried out
};

struct Reply {
  std::vector<Rows> rows;  // of each call, in order; up to the one that failed
  std::optional<Failure> failure;
  std::optional<std::string> warning;  // the last one that the server gave with them
};

// One connection to the server, in pipeline mode: what is sent does not wait for the answers before it. All
// of it happens on the io_context's one thread.
class Connection {
 public:
  // `settings` are given to the server with the connection, as "-c name=value …". All else must outlive it.
  Connection(boost::asio::io_context& context, NameLookups& names, const Target& target,
             std::string settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects to the first of the target's hosts that takes it. Nothing, or why it could not. Each host is
  // given an equal share of the time, so that one which does not answer leaves some to those behind it.
  Awaitable<std::optional<std::string>> open(std::chrono::milliseconds limit);
  bool is_open() const { return connection_ != nullptr && socket_.has_value(); }
  void close();

  // Sends all calls at once and returns what came of them. The first that fails takes the ones behind it
  // along. Without an explicit BEGIN they are one transaction. With a limit, gives up waiting after so long,
  // while the connection goes on to wait for the answers.
  Awaitable<Reply> run(std::vector<Call> calls,
                       std::optional<std::chrono::milliseconds> limit = std::nullopt);

  // Runs whose answers are not here yet.
  std::size_t in_flight() const { return in_flight_.size(); }
  // A run was given up and its answers are not here yet.
  bool is_stuck() const { return !in_flight_.empty() && !in_flight_.front().finish; }
  // Gives up what has waited longer than its limit. To be called now and then.
  void give_up_overdue();

  // Distinguishes connections that are open at the same time, mostly.
  int backend() const { return PQbackendPID(connection_.get()); }

 private:
  using Clock = std::chrono::steady_clock;

  // A statement on its way: null where it is the preparing of one.
  struct Sent {
    const Statement* prepares;
  };
  struct Run {
    std::deque<Sent> sent;
    Reply reply;
    std::optional<Clock::time_point> give_up_at;
    std::function<void(Reply)> finish;  // empty once given up
  };

  Awaitable<std::optional<std::string>> open_host(const Target::Host& host, Clock::time_point give_up_at);
  Awaitable<std::optional<std::string>> open_address(const Target::Host& host, Clock::time_point give_up_at);
  std::optional<std::string> begin_pipeline();
  void submit(const std::vector<Call>& calls, Run run);
  bool send(const std::vector<Call>& calls, Run& run);
  bool send(const Call& call);
  void flush();
  void wait_until_readable();
  void read();
  void take(PGresult* result);
  void take_failure(Run& run, const PGresult* result);
  void finish_front();
  void lose(const std::string& why);
  void finish(std::function<void(Reply)> handler, Reply reply);

  boost::asio::io_context& context_;
  NameLookups& names_;
  const Target& target_;
  std::string settings_;
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_{nullptr, PQfinish};
  std::optional<boost::asio::posix::stream_descriptor> socket_;
  std::uint64_t epoch_ = 0;  // of connecting: callbacks of an earlier one are void
  bool waits_for_reading_ = false;
  bool waits_for_writing_ = false;
  std::set<const Statement*> prepared_;
  std::deque<Run> in_flight_;
};

}  // namespace nexus::store::postgres
