#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace nexus::http::test {

struct Answer {
  unsigned status = 0;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;                                 // chunks put together, not decompressed

  std::string header(const std::string& name) const;
  bool has(const std::string& name) const { return headers.contains(name); }
};

// A client that sends exactly the bytes it is told to, well-formed or not. What takes longer than ten seconds
// counts as never.
class RawClient {
 public:
  enum class Speaks { http, https };

  explicit RawClient(const std::string& endpoint,  // as Server::endpoints() says it
                     Speaks speaks = Speaks::http);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool send(std::string_view bytes);  // false: the server has closed
  void end_sending();
  std::optional<Answer> read_answer(bool to_head = false);  // nothing: closed or not an answer
  std::string read_to_end();                                // all that comes until the server closes
  bool is_closed();  // waits for the end; false if more bytes come instead
  bool was_reset() const { return reset_; }
  bool was_ended() const { return ended_; }  // by a server of TLS that said that it is the end

 private:
  bool fill();

  int fd_ = -1;
  std::string buffer_;
  bool reset_ = false;
  bool ended_ = false;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_;
};

// What a fresh connection gets for these bytes.
std::string converse(const std::string& endpoint, std::string_view bytes);

std::string gunzip(std::string_view compressed);

}  // namespace nexus::http::test
