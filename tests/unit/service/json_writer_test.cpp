#include "service/json_writer.hpp"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

TEST(JsonWriterTest, commas_stand_between_and_nowhere_else) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("a", 1).key("b").begin_array().end_array().key("c").begin_array();
  json.value("x")
      .null()
      .value(true)
      .begin_object()
      .end_object()
      .begin_object()
      .field("d", false)
      .end_object();
  json.end_array().end_object();
  EXPECT_EQ(out, R"({"a":1,"b":[],"c":["x",null,true,{},{"d":false}]})");
}

TEST(JsonWriterTest, numbers_are_written_in_full) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().value(std::numeric_limits<std::int64_t>::min());
  json.value(std::numeric_limits<std::uint64_t>::max()).end_array();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615]");
}

TEST(JsonWriterTest, texts_are_escaped_and_utf8_is_left_alone) {
  std::string out;
  append_json_string(out, std::string_view("\"\\\n\r\t\b\0\x1f/ä€𝄞\x7f", 19));
  EXPECT_EQ(out, "\"\\\"\\\\\\n\\r\\t\\u0008\\u0000\\u001f/ä€𝄞\x7f\"");
}

}  // namespace
}  // namespace nexus::service
