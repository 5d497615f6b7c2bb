#include "http/api/json_body.hpp"

namespace nexus::http {

namespace {

// One for each thread: its buffers grow to the largest body and stay.
simdjson::dom::parser& parser_of_thread() {
  thread_local simdjson::dom::parser parser;
  return parser;
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
    return domain::fail(domain::ErrorCode::invalid_json,
                        std::string("the body is not valid JSON: ") + simdjson::error_message(error));
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
