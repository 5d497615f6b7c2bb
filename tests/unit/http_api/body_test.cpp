// Request bodies: what is read, and what is refused with which code and which name in the message.

#include <functional>

#include <gtest/gtest.h>

#include "http/api/request_bodies.hpp"

namespace nexus::http {
namespace {

using domain::ErrorCode;

domain::Result<domain::Request> read_put(std::string_view body) {
  return read_level_update(body, "A", std::nullopt);
}
domain::Result<domain::Request> read_patch(std::string_view body) {
  return read_item_change(body, "A", std::nullopt);
}
domain::Result<domain::Request> read_ship(std::string_view body) {
  return read_shipment(body, "res_1");
}

TEST(Bodies, a_put_reads_as_one_update) {
  const auto request = read_put(
      R"({"warehouse_id":"wh_1","quantity":500,"expected_quantity":450,"reason":"supplier_receipt","note":"PO \"7\"\n"})");
  ASSERT_TRUE(request.has_value());
  const auto& update = std::get<domain::UpdateLevels>(*request).updates.at(0);
  EXPECT_EQ(update.sku, "A");
  EXPECT_EQ(update.warehouse_id.text(), "wh_1");
  EXPECT_FALSE(update.is_delta);
  EXPECT_EQ(update.quantity, 500);
  EXPECT_EQ(update.expected_quantity, 450);
  EXPECT_EQ(update.reason, "supplier_receipt");
  EXPECT_EQ(update.note, "PO \"7\"\n");
}

TEST(Bodies, what_a_put_leaves_out_is_absent) {
  const auto request = read_put(R"({"warehouse_id":"wh_1","delta":-3})");
  ASSERT_TRUE(request.has_value());
  const auto& update = std::get<domain::UpdateLevels>(*request).updates.at(0);
  EXPECT_TRUE(update.is_delta);
  EXPECT_EQ(update.quantity, -3);
  EXPECT_FALSE(update.reason.has_value());
  EXPECT_FALSE(update.note.has_value());
}

TEST(Bodies, an_integer_beyond_64_bits_is_above_every_limit) {
  const auto request = read_put(R"({"warehouse_id":"w","quantity":18446744073709551615})");
  ASSERT_TRUE(request.has_value());
  EXPECT_GT(std::get<domain::UpdateLevels>(*request).updates.at(0).quantity, domain::quantity_max);
}

TEST(Bodies, a_threshold_of_null_is_the_default_again) {
  const auto request = read_patch(R"({"low_threshold":null,"critical_threshold":4})");
  ASSERT_TRUE(request.has_value());
  const auto& change = std::get<domain::ChangeItem>(*request);
  EXPECT_TRUE(change.low_threshold->is_default());
  EXPECT_EQ(change.critical_threshold->value_or(0), 4);
  EXPECT_FALSE(change.title.has_value());
}

TEST(Bodies, nothing_at_all_ships_everything) {
  EXPECT_FALSE(std::get<domain::ShipReservation>(*read_ship("")).lines.has_value());
  EXPECT_FALSE(std::get<domain::ShipReservation>(*read_ship("{}")).lines.has_value());
}

struct Refused {
  const char* name;
  domain::Result<domain::Request> (*read)(std::string_view);
  std::string body;
  ErrorCode code;
  std::string in_message;
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.name;
}

class RefusedBody : public testing::TestWithParam<Refused> {};

TEST_P(RefusedBody, is_told_where) {
  const auto request = GetParam().read(GetParam().body);
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(domain::name(request.error().code), domain::name(GetParam().code)) << request.error().message;
  EXPECT_NE(request.error().message.find(GetParam().in_message), std::string::npos)
      << request.error().message;
}

std::string rows(std::size_t count) {
  std::string body = R"({"updates":[)";
  for (std::size_t i = 0; i < count; ++i) {
    body += i == 0 ? "" : ",";
    body += R"({"sku":"A","warehouse_id":"w","quantity":1})";
  }
  return body + "]}";
}

constexpr auto invalid = ErrorCode::validation_error;
constexpr auto no_json = ErrorCode::invalid_json;

INSTANTIATE_TEST_SUITE_P(
    Bodies, RefusedBody,
    testing::Values(
        Refused{"empty", read_put, "", no_json, "empty"},
        Refused{"cut", read_put, R"({"warehouse_id":)", no_json, "JSON"},
        Refused{"two_values", read_put, "{} {}", no_json, "JSON"},
        Refused{"comment", read_put, "{/**/}", no_json, "JSON"},
        Refused{"bad_utf8", read_put, "{\"note\":\"\xff\"}", no_json, "UTF-8"},
        Refused{"lone_surrogate", read_put, R"({"note":"\ud800"})", no_json, "JSON"},
        Refused{"deep", read_put, R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}", no_json,
                "JSON"},
        Refused{"array", read_put, "[]", invalid, "object"},
        Refused{"null", read_put, "null", invalid, "object"},
        Refused{"no_warehouse", read_put, R"({"quantity":1})", invalid, "warehouse_id is required"},
        Refused{"no_quantity", read_put, R"({"warehouse_id":"w"})", invalid, "quantity or delta"},
        Refused{"both", read_put, R"({"warehouse_id":"w","quantity":1,"delta":1})", invalid, "only one"},
        Refused{"typo", read_put, R"({"warehouse_id":"w","quantity":1,"nte":"x"})", invalid, "nte"},
        Refused{"twice", read_put, R"({"warehouse_id":"w","quantity":1,"quantity":2})", invalid,
                "quantity is given twice"},
        Refused{"twice_escaped", read_put, R"({"warehouse_id":"w","quantity":1,"quantit\u0079":2})", invalid,
                "twice"},
        Refused{"sku_in_body", read_put, R"({"warehouse_id":"w","quantity":1,"sku":"A"})", invalid, "path"},
        Refused{"fraction", read_put, R"({"warehouse_id":"w","quantity":2.5})", invalid, "integer"},
        Refused{"whole_fraction", read_put, R"({"warehouse_id":"w","quantity":5.0})", invalid, "integer"},
        Refused{"exponent", read_put, R"({"warehouse_id":"w","quantity":1e3})", invalid, "integer"},
        Refused{"quoted", read_put, R"({"warehouse_id":"w","quantity":"5"})", invalid, "integer"},
        Refused{"null_quantity", read_put, R"({"warehouse_id":"w","quantity":null})", invalid, "integer"},
        Refused{"huge", read_put, R"({"warehouse_id":"w","quantity":1e400})", invalid, "too large"},
        Refused{"huge_integer", read_put,
                R"({"warehouse_id":"w","note":"01 \"-","quantity":-100000000000000000000})", invalid,
                "too large"},
        Refused{"misspelt_number", read_put, R"({"warehouse_id":"w","quantity":01})", no_json, "number"},
        Refused{"hexadecimal", read_put, R"({"warehouse_id":"w","quantity":0x10})", no_json, "JSON"},
        Refused{"plus", read_put, R"({"warehouse_id":"w","quantity":+1})", no_json, "JSON"},
        Refused{"reason", read_put, R"({"warehouse_id":"w","quantity":1,"reason":"No Good"})", invalid,
                "reason"},
        Refused{"empty_reason", read_put, R"({"warehouse_id":"w","quantity":1,"reason":""})", invalid,
                "reason"},
        Refused{"long_note", read_put,
                R"({"warehouse_id":"w","quantity":1,"note":")" + std::string(1001, 'x') + "\"}", invalid,
                "note"},
        Refused{"nul_in_note", read_put, R"({"warehouse_id":"w","quantity":1,"note":"a\u0000"})", invalid,
                "note"},
        Refused{"negative_expected", read_put, R"({"warehouse_id":"w","quantity":1,"expected_quantity":-1})",
                invalid, "expected_quantity"},
        Refused{"no_rows", read_bulk_update, rows(0), invalid, "1 to 500"},
        Refused{"too_many_rows", read_bulk_update, rows(501), invalid, "1 to 500"},
        Refused{
            "row_place", read_bulk_update,
            R"({"updates":[{"sku":"A","warehouse_id":"w","quantity":1},{"sku":"A","warehouse_id":"w","quantity":"1"}]})",
            invalid, "updates[1].quantity"},
        Refused{"row_no_object", read_bulk_update, R"({"updates":[1]})", invalid, "updates[0]"},
        Refused{"bad_mode", read_bulk_update, R"({"updates":[],"mode":"some"})", invalid, "mode"},
        Refused{"sync_delta", read_sync,
                R"({"updates":[{"sku":"A","warehouse_id":"w","on_hand":1,"delta":1}]})", invalid,
                "updates[0].delta"},
        Refused{"route_word", read_new_item, R"({"sku":"bulk"})", invalid, "bulk"},
        Refused{"long_sku", read_new_item, R"({"sku":")" + std::string(129, 'x') + "\"}", invalid, "128"},
        Refused{"control_sku", read_new_item, R"({"sku":"a\u0007"})", invalid, "control"},
        Refused{"long_title", read_new_item, R"({"sku":"A","title":")" + std::string(501, 'x') + "\"}",
                invalid, "500"},
        Refused{"negative_safety", read_new_item, R"({"sku":"A","safety_stock":-1})", invalid,
                "safety_stock"},
        Refused{"sku_change", read_patch, R"({"sku":"B"})", invalid, "sku"},
        Refused{"type", read_new_warehouse, R"({"name":"A","type":"OWN"})", invalid, "type"},
        Refused{"no_name", read_new_warehouse, R"({"name":"","type":"own"})", invalid, "name"},
        Refused{"line_quantity", read_new_reservation,
                R"({"reference":"r","lines":[{"sku":"A","quantity":0}]})", invalid, "lines[0].quantity"},
        Refused{"no_reference", read_new_reservation, R"({"lines":[{"sku":"A","quantity":1}]})", invalid,
                "reference"},
        Refused{"expiry", read_new_reservation,
                R"({"reference":"r","lines":[{"sku":"A","quantity":1}],"expires_in_seconds":0})", invalid,
                "expires_in_seconds"},
        Refused{"shipped_line", read_ship, R"({"lines":[{"sku":"A","quantity":1}]})", invalid,
                "lines[0].warehouse_id"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace nexus::http
