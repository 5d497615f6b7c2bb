#include "store/postgres/connection.hpp"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nexus::store::postgres {

namespace asio = boost::asio;

namespace {

std::string first_line(const char* message) {
  std::string text(message == nullptr ? "" : message);
  if (const auto end = text.find('\n'); end != std::string::npos) text.resize(end);
  return text.empty() ? "the connection to the database was lost" : text;
}

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

enum class Readiness : std::uint8_t { ready, overdue };

// Waits on libpq's socket, which stays libpq's.
Awaitable<Readiness> wait_for(asio::io_context& context, int fd,
                              asio::posix::stream_descriptor::wait_type what,
                              std::chrono::steady_clock::time_point give_up_at) {
  using namespace asio::experimental::awaitable_operators;
  asio::posix::stream_descriptor socket(context, fd);
  asio::steady_timer timer(context, give_up_at);
  const auto first =
      co_await (socket.async_wait(what, asio::use_awaitable) || timer.async_wait(asio::use_awaitable));
  socket.release();
  co_return first.index() == 0 ? Readiness::ready : Readiness::overdue;
}

}  // namespace

Connection::Connection(asio::io_context& context, NameLookups& names, const Target& target,
                       std::string settings)
    : context_(context), names_(names), target_(target), settings_(std::move(settings)) {}

Connection::~Connection() {
  close();
}

void Connection::close() {
  ++epoch_;
  waits_for_reading_ = false;
  waits_for_writing_ = false;
  if (socket_) socket_->release();
  socket_.reset();
  connection_.reset();
  prepared_.clear();
}

Awaitable<std::optional<std::string>> Connection::open(std::chrono::milliseconds limit) {
  close();
  const std::chrono::milliseconds share = limit / target_.hosts().size();
  std::string why;
  for (const auto& host : target_.hosts()) {
    auto failed = co_await open_host(host, Clock::now() + share);
    if (!failed) failed = begin_pipeline();
    if (!failed) co_return std::nullopt;
    close();
    if (!why.empty()) why += "; ";
    why += *failed;
  }
  co_return why;
}

// libpq itself would look up the name on this thread, for as long as the resolver takes.
Awaitable<std::optional<std::string>> Connection::open_host(const Target::Host& host,
                                                            Clock::time_point give_up_at) {
  const auto found = co_await names_.find(host, give_up_at);
  if (!found) co_return found.error().message;
  std::string why;
  for (const auto& each : *found) {
    auto refused = co_await open_address(each, give_up_at);
    if (!refused) co_return std::nullopt;
    // By its address alone libpq does not say whose that is.
    why = each.address == host.address ? std::move(*refused) : host.host + ": " + *refused;
  }
  co_return why;
}

Awaitable<std::optional<std::string>> Connection::open_address(const Target::Host& host,
                                                               Clock::time_point give_up_at) {
  Target::Keywords keywords;
  target_.write_keywords(host, settings_, keywords);
  connection_.reset(PQconnectStartParams(keywords.names.data(), keywords.values.data(), 0));
  if (connection_ == nullptr) co_return "out of memory";
  if (PQstatus(connection_.get()) == CONNECTION_BAD) co_return first_line(PQerrorMessage(connection_.get()));
  auto next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) co_return first_line(PQerrorMessage(connection_.get()));
    const auto ready =
        co_await wait_for(context_, PQsocket(connection_.get()),
                          next == PGRES_POLLING_READING ? asio::posix::stream_descriptor::wait_read
                                                        : asio::posix::stream_descriptor::wait_write,
                          give_up_at);
    if (ready == Readiness::overdue) co_return "the server at " + host.host + " does not answer";
    next = PQconnectPoll(connection_.get());
  }
  co_return std::nullopt;
}

std::optional<std::string> Connection::begin_pipeline() {
  PGconn* connection = connection_.get();
  if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) {
    return first_line(PQerrorMessage(connection));
  }
  PQsetNoticeReceiver(
      connection,
      [](void* self, const PGresult* notice) {
        auto& in_flight = static_cast<Connection*>(self)->in_flight_;
        if (in_flight.empty() || field(notice, PG_DIAG_SEVERITY_NONLOCALIZED) != "WARNING") return;
        in_flight.front().reply.warning = field(notice, PG_DIAG_MESSAGE_PRIMARY);
      },
      this);
  socket_.emplace(context_, PQsocket(connection));
  wait_until_readable();
  return std::nullopt;
}

Awaitable<Reply> Connection::run(std::vector<Call> calls, std::optional<std::chrono::milliseconds> limit) {
  std::optional<Clock::time_point> give_up_at;
  if (limit) give_up_at = Clock::now() + *limit;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Reply)>(
      [&](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        submit(calls, Run{.sent = {}, .reply = {}, .give_up_at = give_up_at, .finish = [shared](Reply reply) {
                            std::move (*shared)(std::move(reply));
                          }});
      },
      asio::use_awaitable);
}

void Connection::submit(const std::vector<Call>& calls, Run run) {
  if (!is_open()) {
    Reply lost;
    lost.failure = Failure{.state = {}, .message = "there is no connection to the database", .is_lost = true};
    finish(std::move(run.finish), std::move(lost));
    return;
  }
  const bool is_sent = send(calls, run);
  in_flight_.push_back(std::move(run));
  if (is_sent) {
    flush();
  } else {
    lose(first_line(PQerrorMessage(connection_.get())));
  }
}

bool Connection::send(const std::vector<Call>& calls, Run& run) {
  for (const Call& call : calls) {
    if (prepared_.insert(call.statement).second) {
      if (PQsendPrepare(connection_.get(), call.statement->name, call.statement->sql, 0, nullptr) != 1)
        return false;
      run.sent.push_back({call.statement});
    }
    if (!send(call)) return false;
    run.sent.push_back({nullptr});
  }
  return PQpipelineSync(connection_.get()) == 1;
}

bool Connection::send(const Call& call) {
  const auto count = call.parameters.size();
  std::vector<const char*> values(count);
  std::vector<int> lengths(count);
  const std::vector<int> formats(count, 1);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = call.parameters.data(i);
    lengths[i] = call.parameters.bytes(i);
  }
  return PQsendQueryPrepared(connection_.get(), call.statement->name, static_cast<int>(count), values.data(),
                             lengths.data(), formats.data(), 1) == 1;
}

void Connection::flush() {
  const int rest = PQflush(connection_.get());
  if (rest < 0) return lose(first_line(PQerrorMessage(connection_.get())));
  if (rest == 0 || waits_for_writing_) return;
  waits_for_writing_ = true;
  socket_->async_wait(asio::posix::stream_descriptor::wait_write,
                      [this, epoch = epoch_](const boost::system::error_code&) {
                        if (epoch != epoch_) return;
                        waits_for_writing_ = false;
                        flush();
                      });
}

void Connection::wait_until_readable() {
  if (waits_for_reading_) return;
  waits_for_reading_ = true;
  socket_->async_wait(asio::posix::stream_descriptor::wait_read,
                      [this, epoch = epoch_](const boost::system::error_code&) {
                        if (epoch != epoch_) return;
                        waits_for_reading_ = false;
                        read();
                      });
}

void Connection::read() {
  if (PQconsumeInput(connection_.get()) != 1) return lose(first_line(PQerrorMessage(connection_.get())));
  // Between the results of two statements stands a null.
  for (int nulls = 0; nulls < 3 && !in_flight_.empty() && PQisBusy(connection_.get()) == 0;) {
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) {
      ++nulls;
      continue;
    }
    nulls = 0;
    take(result);
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD)
    return lose(first_line(PQerrorMessage(connection_.get())));
  flush();
  if (is_open()) wait_until_readable();
}

void Connection::take(PGresult* result) {
  Rows rows(result);
  Run& run = in_flight_.front();
  const auto status = PQresultStatus(result);
  if (status == PGRES_PIPELINE_SYNC) return finish_front();
  if (run.sent.empty()) return;
  const Sent sent = run.sent.front();
  run.sent.pop_front();
  const bool is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  if (sent.prepares != nullptr && !is_done) prepared_.erase(sent.prepares);
  if (status == PGRES_FATAL_ERROR) {
    take_failure(run, result);
  } else if (is_done && sent.prepares == nullptr) {
    run.reply.rows.push_back(std::move(rows));
  }
}

void Connection::take_failure(Run& run, const PGresult* result) {
  if (run.reply.failure) return;
  run.reply.failure = Failure{.state = field(result, PG_DIAG_SQLSTATE),
                              .message = first_line(PQresultErrorMessage(result)),
                              .call = run.reply.rows.size()};
}

void Connection::finish_front() {
  Run run = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (run.finish) finish(std::move(run.finish), std::move(run.reply));
}

// By the loop and not at once: who waits may send more, or close the connection.
void Connection::finish(std::function<void(Reply)> handler, Reply reply) {
  asio::post(context_, [handler = std::move(handler), reply = std::move(reply)]() mutable {
    handler(std::move(reply));
  });
}

void Connection::lose(const std::string& why) {
  close();
  for (Run& run : std::exchange(in_flight_, {})) {
    if (!run.finish) continue;
    // What the server said last says more than that it has gone.
    auto failure = run.reply.failure.value_or(Failure{.state = {}, .message = why});
    failure.call = run.reply.rows.size();
    failure.is_lost = true;
    run.reply.failure = std::move(failure);
    finish(std::move(run.finish), std::move(run.reply));
  }
}

void Connection::give_up_overdue() {
  const auto now = Clock::now();
  for (Run& run : in_flight_) {
    if (!run.finish || !run.give_up_at || now < *run.give_up_at) continue;
    Reply overdue;
    overdue.failure = Failure{.state = {}, .message = "the database does not answer in time"};
    finish(std::exchange(run.finish, nullptr), std::move(overdue));
  }
}

}  // namespace nexus::store::postgres
