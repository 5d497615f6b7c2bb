#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::http {

// Whether the value of an Accept-Encoding field lets the answer be gzip: named, or covered by "*", and not
// with q=0.
bool accepts_gzip(std::string_view accept_encoding);

// Text, JSON, XML and the like: worth compressing.
bool is_compressible(std::string_view content_type);

// One gzip stream at a time, at zlib's fastest level. Reusable; not thread-safe.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void begin();
  // Appends the compressed form of `input` to `output`, as far as it is ready; `last` ends the stream.
  void compress(std::string_view input, bool last, std::string& output);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Lends compressors, each of which has some 260 KB of tables, and keeps a few. Not thread-safe: one a thread.
class GzipPool {
 public:
  std::unique_ptr<Gzip> take();
  void give_back(std::unique_ptr<Gzip> gzip);

 private:
  std::vector<std::unique_ptr<Gzip>> spare_;
};

}  // namespace nexus::http
