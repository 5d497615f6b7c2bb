#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "http/server/field_name.hpp"

namespace nexus::http {

struct HeaderField {
  std::string_view name;
  std::string_view value;  // without the white space around it
};

// A request as it was received. All views are valid until the handler's coroutine has ended.
struct Request {
  std::string_view method;
  std::string_view target;  // as sent
  std::string_view path;    // raw, not percent-decoded, what stands before '?'
  std::string_view query;   // raw, what stands after '?'
  std::string_view body;    // chunks are put together already
  std::string_view
      request_id;  // the client's X-Request-ID if it has 1–128 visible ASCII characters, else a made one
  std::string_view remote_address;       // without the port; "unix" for a Unix socket
  std::size_t listener = 0;              // index into ServerOptions::listeners
  std::span<const HeaderField> headers;  // in the order received

  // The first field of that name, whatever its case; "" when absent.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  std::size_t header_count(std::string_view name) const;
  // The field of that name where there is one only; "" where there are none or several.
  std::string_view sole_header(std::string_view name) const;
};

// A body that is made while it is being sent, in bounded memory.
class BodyStream {
 public:
  virtual ~BodyStream() = default;

  // Appends the next piece to `chunk`; false: there is no more (what was appended still counts). Called again
  // only when the client has taken enough of what came before. Runs on the connection's executor. Throwing
  // cuts the connection, so that the client sees a truncated body rather than a short one.
  virtual boost::asio::awaitable<bool> next(std::string& chunk) = 0;
};

// The answer under construction. It belongs to the connection, which reuses its buffers; a handler may hold
// it only until its coroutine ends. The server itself adds Date, Content-Length or Transfer-Encoding,
// Connection, X-Request-ID, Vary and Content-Encoding.
class Response {
 public:
  // 200 unless set. 204 and 304 go out without a body, whatever was written into it.
  void status(unsigned code) { status_ = code; }
  unsigned status() const { return status_; }

  // Adds a field. Throws std::invalid_argument when the value could break the framing (bytes that a field
  // can't hold).
  void header(FieldName name, std::string_view value);
  void header(FieldName name, std::uint64_t value);

  // Of the body; must outlive the exchange, as a literal does. Without it no Content-Type is sent.
  void content_type(std::string_view type) { content_type_ = type; }
  std::string_view content_type() const { return content_type_; }

  // The whole body, to be appended to. Capacity survives from one request to the next.
  std::string& body() { return body_; }
  const std::string& body() const { return body_; }
  void clear_body();

  // Sends what the stream makes instead of body(). Small streams go out with a Content-Length like any body.
  void stream(std::unique_ptr<BodyStream> stream) { stream_ = std::move(stream); }

  // A number of the handler's own, to be read when the exchange is completed; 0 unless set.
  void tag(std::size_t tag) { tag_ = tag; }
  std::size_t tag() const { return tag_; }

  // Ends the connection after this answer.
  void close() { close_ = true; }

  // Back to an empty 200, keeping at most `kept` bytes of capacity.
  void reset(std::size_t kept);

 private:
  friend class ResponseWriter;
  friend class Session;

  void append_field(std::string_view name, std::string_view value);

  unsigned status_ = 200;
  std::size_t tag_ = 0;
  std::string_view content_type_;
  std::string fields_;  // as they go on the wire, each with its line end
  std::string body_;
  std::unique_ptr<BodyStream> stream_;
  bool encoded_ = false;
  bool close_ = false;
};

}  // namespace nexus::http
