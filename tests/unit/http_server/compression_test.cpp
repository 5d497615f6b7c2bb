#include "http/server/compression.hpp"

#include <string>

#include <gtest/gtest.h>

#include "test_server.hpp"

namespace nexus::http {
namespace {

TEST(AcceptEncoding, gzip_must_be_named_or_covered_and_not_ruled_out) {
  for (const char* yes : {"gzip", "GZIP", "x-gzip", "br, gzip", "gzip;q=0.001", "gzip ; q=1", "*",
                          "br;q=1, *;q=0.1", "identity;q=0, gzip;q=1.000", "*;q=0, gzip"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const char* no : {"", "br", "gzip;q=0", "gzip;q=0.000", "gzip;Q=0.", "gzip; q=0, *", "*;q=0",
                         "identity", "gzipped", "deflate, br"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
}

TEST(Compressible, is_what_is_text) {
  for (const char* yes : {"application/json", "application/json; charset=utf-8", "text/html", "text/csv",
                          "application/problem+json", "application/x-ndjson", "image/svg+xml"}) {
    EXPECT_TRUE(is_compressible(yes)) << yes;
  }
  for (const char* no : {"", "image/png", "application/octet-stream", "application/gzip"}) {
    EXPECT_FALSE(is_compressible(no)) << no;
  }
}

TEST(Compressor, makes_one_stream_of_many_pieces_and_can_be_used_again) {
  GzipPool pool;
  for (int round = 0; round < 3; ++round) {
    auto gzip = pool.take();
    std::string text;
    std::string compressed;
    for (std::size_t bytes : {0U, 1U, 100'000U, 3U}) {
      const std::string piece = test::expected_text(bytes);
      text += piece;
      gzip->compress(piece, false, compressed);
    }
    gzip->compress("", true, compressed);
    EXPECT_EQ(test::gunzip(compressed), text);
    pool.give_back(std::move(gzip));
  }
}

}  // namespace
}  // namespace nexus::http
