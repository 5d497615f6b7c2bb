#include "http/api/json_body.hpp"

#include <algorithm>

namespace nexus::http {

namespace {

// One for each thread: its buffers grow to the largest body and stay.
simdjson::dom::parser& parser_of_thread() {
  thread_local simdjson::dom::parser parser;
  return parser;
}

// Takes the digits off the front; false when there are none.
bool take_digits(std::string_view& text) {
  const auto count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

bool take_any(std::string_view& text, std::string_view of) {
  if (text.empty() || of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// True when `text` is a number as JSON writes numbers (RFC 8259, section 6), of whatever size.
bool is_number(std::string_view text) {
  take_any(text, "-");
  if (!take_any(text, "0") && !take_digits(text)) return false;
  if (take_any(text, ".") && !take_digits(text)) return false;
  if (take_any(text, "eE")) {
    take_any(text, "+-");
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

// simdjson has one error for a number that is misspelt and for one that is too large to be held; to a caller
// the first is bad JSON and the second a bad value. True when every number in the body is spelt well.
bool numbers_are_spelt_well(std::string_view body) {
  constexpr std::string_view number_ends = " \t\r\n,]}";
  constexpr std::string_view number_begins = "+-.0123456789";
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '"') {
      for (++i; i < body.size() && body[i] != '"'; ++i) i += body[i] == '\\' ? 1 : 0;
    } else if (number_begins.find(body[i]) != std::string_view::npos) {
      const auto end = std::min(body.find_first_of(number_ends, i), body.size());
      if (!is_number(body.substr(i, end - i))) return false;
      i = end - 1;
    }
  }
  return true;
}

domain::Error describe(simdjson::error_code error, std::string_view body) {
  if (error == simdjson::NUMBER_ERROR && numbers_are_spelt_well(body)) {
    return {domain::ErrorCode::validation_error, "a number in the body is too large to be read", {}};
  }
  return {domain::ErrorCode::invalid_json,
          std::string("the body is not valid JSON: ") + simdjson::error_message(error),
          {}};
}

}  // namespace

domain::Result<simdjson::dom::object> parse_json_object(std::string_view body) {
  simdjson::dom::parser& parser = parser_of_thread();
  if (body.empty())
    return domain::fail(domain::ErrorCode::invalid_json, "the body is empty: a JSON object is expected");
  if (parser.capacity() < body.size() || parser.max_depth() != json_depth_max) {
    if (const auto error = parser.allocate(std::max<std::size_t>(body.size(), 4096), json_depth_max)) {
      return domain::fail(domain::ErrorCode::payload_too_large, simdjson::error_message(error));
    }
  }
  simdjson::dom::element root;
  if (const auto error = parser.parse(body.data(), body.size(), true).get(root)) {
    return std::unexpected(describe(error, body));
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return domain::fail(domain::ErrorCode::validation_error, "the body must be a JSON object");
  }
  return object;
}

std::string JsonPath::text() const {
  if (list.empty()) return {};
  std::string text(list);
  text += '[';
  text += std::to_string(index);
  text += "].";
  return text;
}

std::unexpected<domain::Error> refuse_field(JsonPath path, std::string_view name, std::string_view rule) {
  std::string field = path.text();
  field += name;
  std::string message = field;
  message += ' ';
  message += rule;
  return domain::fail(domain::ErrorCode::validation_error, std::move(message),
                      domain::Fact{"field", std::move(field)});
}

}  // namespace nexus::http
