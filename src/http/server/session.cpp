#include "http/server/session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nexus::http {
namespace {

namespace asio = boost::asio;

// A body that is sent from where it is: from here on copying it costs more than naming two places to the
// kernel.
constexpr std::size_t gathered_bytes_min = 4 * kibibyte;

unsigned status_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::malformed:
      return 400;
    case RefusalReason::timeout:
      return 408;
    case RefusalReason::body_too_large:
      return 413;
    case RefusalReason::target_too_long:
      return 414;
    case RefusalReason::expectation_unknown:
      return 417;
    case RefusalReason::headers_too_large:
      return 431;
    case RefusalReason::handler_failed:
      return 500;
    case RefusalReason::too_many_connections:
      return 503;
  }
  return 500;
}

}  // namespace

Session::Session(Worker& worker, Accepted accepted)
    : worker_(worker),
      remote_address_(std::move(accepted.remote_address)),
      over_limit_(accepted.over_limit),
      connection_(worker.socket_events(), accepted),
      reader_(worker.limits(), worker.options().listeners[accepted.listener].body_bytes_max,
              accepted.listener, remote_address_, worker.request_ids()) {
  worker_.joined(*this);
}

Session::~Session() {
  unlink();
  worker_.left();
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
  try {
    const bool begun = co_await self->begin();
    if (begun && self->over_limit_) {
      co_await self->refuse({RefusalReason::too_many_connections, "too many connections"});
    } else if (begun) {
      co_await self->serve();
    }
  } catch (const std::exception& error) {
    self->cut_ = true;
    self->worker_.handler().trouble(error.what(), self->reader_.request().request_id);
  }
  self->close();
}

void Session::expire_if_due(Clock::time_point now) {
  if (now < deadline_) return;
  expired_ = true;
  connection_.cancel();
}

void Session::close_if_idle() {
  if (receiving_idle_) connection_.cancel();
}

void Session::cut() {
  cut_ = true;
  close();
}

void Session::close() {
  const bool is_all_sent = !cut_ && sent_ == out_.size();
  if (is_all_sent) connection_.end();
  connection_.close();
}

// False: the connection is over.
asio::awaitable<bool> Session::begin() {
  if (!connection_.begins_with_handshake()) co_return true;
  if (worker_.stopping()) co_return false;
  deadline_ = Clock::now() + worker_.limits().header_timeout;
  receiving_idle_ = true;
  const auto outcome = co_await connection_.shake_hands();
  receiving_idle_ = false;
  deadline_ = Clock::time_point::max();
  if (outcome == Connection::Handshake::plain_http) {
    co_await refuse({RefusalReason::malformed, "this address takes HTTPS only"});
  }
  co_return outcome == Connection::Handshake::done;
}

asio::awaitable<void> Session::serve() {
  using Progress = RequestReader::Progress;
  for (;;) {
    switch (reader_.advance()) {
      case Progress::complete: {
        const bool go_on = co_await exchange();
        if (!go_on) co_return;
        break;
      }
      case Progress::wants_continue:
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
        [[fallthrough]];
      case Progress::need_more: {
        const bool more = co_await receive_more();
        if (!more) co_return;
        break;
      }
      case Progress::refused:
        co_await refuse(reader_.fault());
        co_return;
    }
  }
}

// Head and body each have one deadline, however often a byte of them arrives.
void Session::start_wait() {
  const RequestReader::Phase phase = reader_.phase();
  if (phase == awaited_ && deadline_ != Clock::time_point::max()) return;
  awaited_ = phase;
  const Limits& limits = worker_.limits();
  const auto now = Clock::now();
  switch (phase) {
    case RequestReader::Phase::idle:
      deadline_ = now + (served_before_ ? limits.idle_timeout : limits.header_timeout);
      break;
    case RequestReader::Phase::head:
      deadline_ = now + limits.header_timeout;
      break;
    case RequestReader::Phase::body:
      deadline_ = now + limits.body_timeout;
      break;
  }
}

// False: the connection is over.
asio::awaitable<bool> Session::receive_more() {
  if (try_flush() != Moved::all) {
    const bool sent = co_await flush();
    if (!sent) co_return false;
  }
  start_wait();
  receiving_idle_ = awaited_ == RequestReader::Phase::idle;
  const std::span<char> space = reader_.space();
  while (!(receiving_idle_ && worker_.stopping())) {
    std::size_t bytes = 0;
    const Moved result = connection_.receive(space, bytes);
    if (result != Moved::blocked) {
      receiving_idle_ = false;
      reader_.received(bytes);
      co_return result == Moved::all;
    }
    const Connection::Waited waited = co_await connection_.wait_after_blocked();
    if (waited == Connection::Waited::cancelled) break;
  }
  receiving_idle_ = false;
  if (expired_) {
    if (awaited_ != RequestReader::Phase::idle) {
      co_await refuse({RefusalReason::timeout, "request did not arrive in time"});
    }
    co_return false;
  }
  // Stopping: a request that is here by now was sent before its client could know.
  const std::size_t late = connection_.receive_now(space);
  reader_.received(late);
  co_return late > 0;
}

// Answers the request that has arrived. False: the connection is over.
asio::awaitable<bool> Session::exchange() {
  deadline_ = Clock::time_point::max();
  expired_ = false;
  if (!may_wait_for_next() && try_flush() != Moved::all) {
    const bool sent = co_await flush();
    if (!sent) co_return false;
  }
  const auto began = Clock::now();
  const std::size_t written_before = written();
  response_.reset(worker_.limits().idle_buffer_bytes_max);
  bool streaming = false;
  std::exception_ptr failure;
  try {
    co_await worker_.handler().handle(reader_.request(), response_);
    if (sends_stream()) streaming = co_await fill_block();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    report_failure(failure);
    co_await refuse({RefusalReason::handler_failed, "internal error"});
    co_return false;
  }
  const bool keep_alive = reader_.keep_alive() && !response_.close_ && !worker_.stopping() &&
                          !(streaming && reader_.is_http_1_0());
  bool whole = true;
  if (streaming) {
    whole = co_await send_stream(keep_alive);
  } else {
    append_whole_answer(keep_alive);
  }
  cut_ = !whole;
  report_completed(began, written_before, cut_);
  if (keep_alive && whole) {
    served_before_ = true;
    reader_.next();
    co_return true;
  }
  if (whole) co_await finish();
  co_return false;
}

// Answers to requests that only read are gathered while more of them are there; before anything that may take
// its time, such as a write, they are sent.
bool Session::may_wait_for_next() const {
  const std::string_view method = reader_.request().method;
  return out_.size() < worker_.limits().output_bytes_max && (method == "GET" || method == "HEAD");
}

bool Session::sends_stream() const {
  return response_.stream_ != nullptr && ResponseWriter::status_has_body(response_.status_) && !is_head();
}

// False: the stream has ended, and all of the body is in the block.
asio::awaitable<bool> Session::fill_block() {
  bool more = true;
  while (more && response_.body_.size() < worker_.limits().stream_block_bytes) {
    more = co_await response_.stream_->next(response_.body_);
  }
  if (!more) response_.stream_.reset();
  co_return more;
}

// Sends the block that is there and all that follow. False: the client didn't get everything.
asio::awaitable<bool> Session::send_stream(bool keep_alive) {
  const bool compressible = !response_.encoded_ && is_compressible(response_.content_type_);
  std::unique_ptr<Gzip> gzip;
  if (compressible && reader_.accepts_gzip()) gzip = worker_.gzip_pool().take();
  ResponseWriter::Head head = answer_head(keep_alive);
  head.framing =
      reader_.is_http_1_0() ? ResponseWriter::Framing::until_close : ResponseWriter::Framing::chunked;
  head.gzip = gzip != nullptr;
  head.vary = compressible;
  ResponseWriter::append_head(out_, response_, head);
  std::exception_ptr failure;
  try {
    for (bool more = true; more;) {
      append_block(gzip.get(), response_.stream_ == nullptr);
      more = response_.stream_ != nullptr;
      const bool sent = co_await flush();
      if (!sent) co_return false;
      if (!more) break;
      // A stream that is ready as fast as its client reads would keep the others of this thread waiting.
      co_await asio::post(asio::use_awaitable);
      co_await fill_block();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (gzip) worker_.gzip_pool().give_back(std::move(gzip));
  if (!failure) co_return true;
  report_failure(failure);
  // Without chunks the client can only tell by a reset that this was not the end.
  if (reader_.is_http_1_0()) connection_.reset_on_close();
  co_return false;
}

void Session::append_block(Gzip* gzip, bool last) {
  std::string_view data = response_.body_;
  if (gzip != nullptr) {
    std::string& compressed = worker_.compressed();
    compressed.clear();
    gzip->compress(data, last, compressed);
    data = compressed;
  }
  if (reader_.is_http_1_0()) {
    out_ += data;
  } else {
    ResponseWriter::append_chunk(out_, data);
    if (last) ResponseWriter::append_last_chunk(out_);
  }
  response_.body_.clear();
}

ResponseWriter::Head Session::answer_head(bool keep_alive) {
  ResponseWriter::Head head;
  head.date_line = worker_.date_line();
  head.request_id = reader_.request().request_id;
  if (!keep_alive) {
    head.connection = ResponseWriter::Connection::close;
  } else if (reader_.is_http_1_0()) {
    head.connection = ResponseWriter::Connection::keep_alive;
  }
  return head;
}

void Session::append_whole_answer(bool keep_alive) {
  ResponseWriter::Head head = answer_head(keep_alive);
  std::string_view body = response_.body_;
  const bool has_body = ResponseWriter::status_has_body(response_.status_);
  if (!has_body || response_.stream_ != nullptr) {
    head.framing = ResponseWriter::Framing::none;
    body = {};
  } else {
    head.vary = !response_.encoded_ && body.size() >= worker_.limits().gzip_bytes_min &&
                is_compressible(response_.content_type_);
    head.gzip = head.vary && reader_.accepts_gzip();
    if (head.gzip) {
      std::unique_ptr<Gzip> gzip = worker_.gzip_pool().take();
      std::string& compressed = worker_.compressed();
      compressed.clear();
      gzip->compress(body, true, compressed);
      worker_.gzip_pool().give_back(std::move(gzip));
      body = compressed;
    }
    head.body_bytes = body.size();
  }
  ResponseWriter::append_head(out_, response_, head);
  if (is_head()) return;
  if (body.size() >= gathered_bytes_min && !reader_.has_more() && connection_.sends_pieces()) {
    send_along(body);
  } else {
    out_ += body;
  }
}

asio::awaitable<void> Session::refuse(Fault fault) {
  const auto began = Clock::now();
  const std::size_t written_before = written();
  reader_.identify();
  response_.reset(worker_.limits().idle_buffer_bytes_max);
  response_.status(status_of(fault.reason));
  const Refusal refusal{response_.status(), fault.reason, fault.message, reader_.request().request_id,
                        reader_.understood_request()};
  try {
    co_await worker_.handler().refuse(refusal, response_);
  } catch (...) {
    report_failure(std::current_exception());
    response_.clear_body();
  }
  response_.close();
  append_whole_answer(false);
  report_completed(began, written_before, false);
  co_await finish();
}

// Sends what is left to send and ends the connection such that the client gets to read it: closing a socket
// with unread bytes in it makes the kernel drop what the client has not read yet.
asio::awaitable<void> Session::finish() {
  const bool sent = co_await flush(Last::yes);
  const bool client_is_done = reader_.is_complete() && !reader_.keep_alive() && !reader_.has_more();
  if (!sent || client_is_done) co_return;
  connection_.end_sending();
  deadline_ = Clock::now() + worker_.limits().linger_timeout;
  expired_ = false;
  for (std::size_t dropped = 0; dropped < worker_.limits().linger_bytes_max;) {
    std::size_t bytes = 0;
    const Moved result = connection_.receive_undeciphered(reader_.space(), bytes);
    dropped += bytes;
    if (result == Moved::failed || expired_) co_return;
    if (result == Moved::all) continue;
    const Connection::Waited waited = co_await connection_.wait_after_blocked();
    if (waited == Connection::Waited::cancelled) co_return;
  }
}

Session::Moved Session::try_flush() {
  if (out_.empty()) return Moved::all;
  const Moved result = connection_.send(std::string_view(out_).substr(sent_), sent_);
  if (result != Moved::all) return result;
  flushed_ += out_.size();
  sent_ = 0;
  out_.clear();
  if (out_.capacity() > worker_.limits().idle_buffer_bytes_max) out_ = std::string();
  return Moved::all;
}

// What waits, and the body behind it from where it is; what doesn't go at once waits, too.
void Session::send_along(std::string_view body) {
  std::size_t taken = 0;
  const std::string_view waiting = std::string_view(out_).substr(sent_);
  // A failure will be met again by the flush that follows.
  connection_.send_pieces(waiting, body, taken);
  const std::size_t of_waiting = std::min(taken, waiting.size());
  const std::size_t of_body = taken - of_waiting;
  sent_ += of_waiting;
  flushed_ += of_body;
  out_ += body.substr(of_body);
}

asio::awaitable<bool> Session::flush(Last last) {
  std::size_t sent_at_deadline_start = 0;
  for (bool first = true;; first = false) {
    Moved result = try_flush();
    if (result == Moved::all && last == Last::yes) result = connection_.end();
    if (result == Moved::failed) co_return false;
    if (result == Moved::all) break;
    if (first || sent_ > sent_at_deadline_start) {
      sent_at_deadline_start = sent_;
      deadline_ = Clock::now() + worker_.limits().write_timeout;
      expired_ = false;
    }
    const Connection::Waited waited = co_await connection_.wait_after_blocked();
    if (waited == Connection::Waited::cancelled || expired_) co_return false;
  }
  deadline_ = Clock::time_point::max();
  co_return true;
}

void Session::report_failure(const std::exception_ptr& failure) {
  std::string_view request_id = reader_.request().request_id;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    worker_.handler().trouble(error.what(), request_id);
  } catch (...) {
    worker_.handler().trouble("something that is not a std::exception was thrown", request_id);
  }
}

void Session::report_completed(Clock::time_point began, std::size_t written_before, bool cut) {
  const Exchange exchange{Clock::now() - began, reader_.request_bytes(), written() - written_before, cut};
  worker_.handler().completed(reader_.request(), response_, exchange);
}

}  // namespace nexus::http
