#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "store/postgres/connection.hpp"

namespace nexus::store::postgres {

// The node's connections: few, because each carries many statements at a time. One that is lost is opened
// again by itself. On the io_context's one thread, like its connections.
class Pool {
 public:
  struct Options {
    std::size_t readers = 2;
    std::size_t writers = 4;
    std::chrono::milliseconds patience{3000};  // how long one waits for a connection, and for an answer
  };

  Pool(boost::asio::io_context& context, const Target& target, Options options);
  ~Pool();

  // Opens the connections, and goes on to keep them open until stop().
  void start();
  void stop();

  // Until there is a connection to read with and one to write with. UNAVAILABLE, with what keeps them from
  // being opened, when the patience of all of them is over.
  Awaitable<Result<void>> wait_until_reachable();

  // Runs statements that only read. UNAVAILABLE in time when the database cannot be reached or does not
  // answer.
  Awaitable<Result<Reply>> read(std::vector<Call> calls) { return read(std::move(calls), options_.patience); }
  Awaitable<Result<Reply>> read(std::vector<Call> calls, std::chrono::milliseconds patience);
  // Likewise for what the node itself notes down, a transaction of its own each time, over a connection of
  // its own: one that waits for a standby must not hold back the reads behind it.
  Awaitable<Result<Reply>> note(std::vector<Call> calls);

  // A connection for one transaction, null when none is free. It goes back by give_back().
  Connection* take_writer();
  // Waits for one, at most so long.
  Awaitable<Connection*> wait_for_writer(std::chrono::milliseconds limit);
  void give_back(Connection* writer);
  // Gives back what was not used, and tells nobody.
  void keep_free(Connection* writer) { slot_of(writer).is_busy = false; }

  // Called when a connection was opened, before anything is sent over it: it may lead to another server.
  void on_open(std::function<void()> listener) { is_opened_ = std::move(listener); }

  // Called whenever a writer may have become free.
  void on_writer_free(std::function<void()> listener) { writer_is_free_ = std::move(listener); }

  bool is_reachable() const;
  // Its detail is in the database's words: for the host's log, never for clients.
  domain::Error unavailable() const;

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    bool is_busy = false;
    bool is_opening = false;
    std::chrono::steady_clock::time_point retry_at;
    std::chrono::milliseconds pause{0};
  };

  Awaitable<void> watch();
  Awaitable<void> open(Slot& slot);
  Connection* reader();
  Connection* notary();
  Awaitable<Result<Reply>> run(Connection* (Pool::*choose)(), std::vector<Call> calls,
                               std::chrono::milliseconds patience);
  domain::Error not_answered(const Failure& failure);
  Slot& slot_of(Connection* writer);

  boost::asio::io_context& context_;
  Options options_;
  NameLookups names_;
  std::vector<Slot> readers_;
  std::vector<Slot> writers_;
  std::vector<Slot> notaries_;
  std::function<void()> is_opened_;
  std::function<void()> writer_is_free_;
  // Why the last attempt to connect failed, or what was last said in place of an answer. Empty once a
  // connection was opened.
  std::string trouble_;
  std::size_t waiting_ = 0;  // for a connection to read or note with
  bool is_stopped_ = false;
};

}  // namespace nexus::store::postgres
