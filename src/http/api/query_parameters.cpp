#include "http/api/query_parameters.hpp"

#include <algorithm>
#include <charconv>

namespace nexus::http {

namespace {

// More than any honest filter needs; `sku` may repeat.
constexpr std::size_t parameters_max = 256;

std::string_view describe(UrlError error) {
  switch (error) {
    case UrlError::bad_escape:
      return "the query string has a % without two hexadecimal digits after it";
    case UrlError::invalid_utf8:
      return "the query string does not decode to UTF-8";
    case UrlError::too_many_parameters:
      return "the query string has more than 256 parameters";
  }
  return "the query string cannot be read";
}

}  // namespace

std::unexpected<domain::Error> refuse_parameter(std::string_view name, std::string_view rule) {
  std::string message = "query parameter ";
  message += name;
  message += ' ';
  message += rule;
  return domain::fail(domain::ErrorCode::validation_error, std::move(message),
                      domain::Fact{"parameter", std::string(name)});
}

std::vector<std::string_view> split_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

domain::Result<QueryParameters> QueryParameters::read(std::string_view query,
                                                      std::initializer_list<std::string_view> known,
                                                      std::string_view repeatable) {
  QueryParameters result;
  if (query.empty()) return result;
  auto parsed = parse_query(query, parameters_max);
  if (!parsed)
    return domain::fail(domain::ErrorCode::validation_error, std::string(describe(parsed.error())));
  result.parameters_ = std::move(*parsed);
  const auto& parameters = result.parameters_;
  for (auto at = parameters.begin(); at != parameters.end(); ++at) {
    if (std::ranges::find(known, std::string_view(at->name)) == known.end()) {
      return refuse_parameter(std::string_view(at->name).substr(0, 64), "is not one of this request");
    }
    const auto is_same = [&](const QueryParameter& other) { return other.name == at->name; };
    if (at->name != repeatable && std::any_of(parameters.begin(), at, is_same)) {
      return refuse_parameter(at->name, "is given twice");
    }
  }
  return result;
}

std::optional<std::string_view> QueryParameters::find(std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, &QueryParameter::name);
  if (found == parameters_.end()) return std::nullopt;
  return found->value;
}

std::vector<std::string> QueryParameters::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& parameter : parameters_) {
    if (parameter.name == name) values.push_back(parameter.value);
  }
  return values;
}

domain::Result<std::optional<std::size_t>> QueryParameters::limit() const {
  const auto text = find("limit");
  if (!text) return std::nullopt;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value < 1 || value > page_limit_max) {
    return refuse_parameter("limit", "must be an integer from 1 to 200");
  }
  return value;
}

}  // namespace nexus::http
