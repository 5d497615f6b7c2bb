#include "http/server/compression.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <zlib.h>

#include "http/server/message.hpp"

namespace nexus::http {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib: 16 more asks for the gzip container
constexpr std::size_t spare_max = 4;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view cut(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(piece);
}

// "0", "0.", "0.000": the only weights that mean no.
bool is_zero_weight(std::string_view parameter) {
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
  parameter.remove_prefix(2);
  return parameter.starts_with('0') && parameter.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view element = cut(accept_encoding, ',');
    const std::string_view coding = cut(element, ';');
    const bool is_gzip = equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip");
    if (!is_gzip && coding != "*") continue;
    bool allowed = true;
    while (!element.empty()) allowed = !is_zero_weight(cut(element, ';')) && allowed;
    if (is_gzip) return allowed;
    any = allowed;
  }
  return any;
}

bool is_compressible(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  static constexpr std::array<std::string_view, 6> compressible = {
      "application/json",       "application/x-ndjson", "application/xml",
      "application/javascript", "application/yaml",     "image/svg+xml"};
  return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
         std::ranges::find(compressible, type) != compressible.end();
}

struct Gzip::State {
  z_stream stream{};
};

Gzip::Gzip() : state_(std::make_unique<State>()) {
  constexpr int memory_level = 8;
  if (deflateInit2(&state_->stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Gzip::~Gzip() {
  deflateEnd(&state_->stream);
}

void Gzip::begin() {
  deflateReset(&state_->stream);
}

void Gzip::compress(std::string_view input, bool last, std::string& output) {
  z_stream& stream = state_->stream;
  do {
    const auto size =
        static_cast<uInt>(std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max() / 2));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = size;
    const int flush = last && size == input.size() ? Z_FINISH : Z_NO_FLUSH;
    int result = Z_OK;
    do {
      const std::size_t before = output.size();
      const auto room = std::max<std::size_t>(deflateBound(&stream, stream.avail_in), 64);
      output.resize(before + room);
      stream.next_out = reinterpret_cast<Bytef*>(output.data() + before);
      stream.avail_out = static_cast<uInt>(room);
      result = deflate(&stream, flush);
      output.resize(before + room - stream.avail_out);
      if (result == Z_STREAM_ERROR) throw std::logic_error("compressor used after its end");
    } while (stream.avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
    input.remove_prefix(size);
  } while (!input.empty());
}

std::unique_ptr<Gzip> GzipPool::take() {
  std::unique_ptr<Gzip> gzip;
  if (spare_.empty()) {
    gzip = std::make_unique<Gzip>();
  } else {
    gzip = std::move(spare_.back());
    spare_.pop_back();
  }
  gzip->begin();
  return gzip;
}

void GzipPool::give_back(std::unique_ptr<Gzip> gzip) {
  if (spare_.size() < spare_max) spare_.push_back(std::move(gzip));
}

}  // namespace nexus::http
