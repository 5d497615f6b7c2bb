#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "http/server/connection.hpp"
#include "http/server/request_reader.hpp"
#include "http/server/response_writer.hpp"
#include "http/server/worker.hpp"

namespace nexus::http {

// One connection, from its first byte to its close.
class Session : public SessionHook {
 public:
  Session(Worker& worker, Accepted accepted);
  ~Session();

  static boost::asio::awaitable<void> run(std::shared_ptr<Session> self);

  // For the worker's sweep and stop; all on the worker's thread.
  void expire_if_due(std::chrono::steady_clock::time_point now);
  void close_if_idle();
  void cut();
  void abandon() { connection_.abandon(); }  // the worker's loop has ended for good

 private:
  using Clock = std::chrono::steady_clock;
  using Moved = Connection::Moved;
  enum class Last { no, yes };

  boost::asio::awaitable<bool> begin();
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> receive_more();
  boost::asio::awaitable<bool> exchange();
  boost::asio::awaitable<bool> fill_block();
  boost::asio::awaitable<bool> send_stream(bool keep_alive);
  boost::asio::awaitable<void> refuse(Fault fault);
  boost::asio::awaitable<void> finish();
  boost::asio::awaitable<bool> flush(Last last = Last::no);

  Moved try_flush();
  void send_along(std::string_view body);
  void start_wait();
  ResponseWriter::Head answer_head(bool keep_alive);
  void append_whole_answer(bool keep_alive);
  void append_block(Gzip* gzip, bool last);
  void report_failure(const std::exception_ptr& failure);
  void report_completed(Clock::time_point began, std::size_t written_before, bool cut);
  std::size_t written() const { return flushed_ + out_.size(); }
  bool is_head() const { return reader_.request().method == "HEAD"; }
  bool may_wait_for_next() const;
  bool sends_stream() const;
  void close();

  Worker& worker_;
  const std::string remote_address_;
  const bool over_limit_;
  Connection connection_;
  RequestReader reader_;
  Response response_;
  std::string out_;          // answers that are not sent yet
  std::size_t sent_ = 0;     // of out_
  std::size_t flushed_ = 0;  // before out_, since the connection began

  Clock::time_point deadline_ = Clock::time_point::max();
  RequestReader::Phase awaited_ = RequestReader::Phase::body;  // what the deadline was set for
  bool served_before_ = false;
  bool receiving_idle_ = false;
  bool expired_ = false;
  bool cut_ = false;  // an answer was begun and will not be whole
};

}  // namespace nexus::http
