#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/server/message.hpp"

namespace nexus::http {

// Puts responses on the wire, as text appended to a connection's output.
class ResponseWriter {
 public:
  enum class Framing {
    length,       // Content-Length: what `body_bytes` says
    chunked,      // of unknown length, the end is marked
    until_close,  // of unknown length, for HTTP/1.0: the end is the end of the connection
    none,         // no body and nothing said about one
  };

  enum class Connection { unsaid, close, keep_alive };

  struct Head {
    std::string_view date_line;  // "Date: …" with its line end
    std::string_view request_id;
    Framing framing = Framing::length;
    Connection connection = Connection::unsaid;
    std::size_t body_bytes = 0;
    bool gzip = false;  // the body is compressed
    bool vary = false;  // another client could have got it (un)compressed
  };

  static void append_head(std::string& out, const Response& response, const Head& head);
  static void append_chunk(std::string& out,
                           std::string_view data);  // nothing for empty data: that would be the end
  static void append_last_chunk(std::string& out) { out += "0\r\n\r\n"; }

  static bool status_has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }
};

}  // namespace nexus::http
