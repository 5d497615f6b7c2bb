#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <utility>

#include "domain/error.hpp"

namespace nexus::http {

// How deep a request body may nest. The deepest that the API knows is 3.
inline constexpr std::size_t json_depth_max = 16;

// Parses a body whole, so that nothing in it goes unread: syntax, UTF-8, depth. The document is good until
// the next call on the same thread. INVALID_JSON says what is wrong; VALIDATION_ERROR when it is not an
// object.
domain::Result<simdjson::dom::object> parse_json_object(std::string_view body);

// Where an object stands in the body: at the top, or as an entry of a list. Put into words only for a
// message.
struct JsonPath {
  std::string_view list;  // empty at the top
  std::size_t index = 0;

  // "" or "updates[3].", to be followed by a field's name.
  std::string text() const;
};

std::unexpected<domain::Error> refuse_field(JsonPath path, std::string_view name, std::string_view rule);

// The fields of an object by their place in `names`, an array of std::string_view; VALIDATION_ERROR for one
// that is not among them or stands twice.
template <const auto& names>
class JsonFields {
 public:
  static domain::Result<JsonFields> read(simdjson::dom::object object, JsonPath path) {
    domain::Result<JsonFields> fields((JsonFields(path)));
    const auto end = object.end();
    for (auto field = object.begin(); field != end; ++field) {
      const std::string_view key = field.key();
      const auto at = place_of(key, std::make_index_sequence<count>());
      if (at == count) return refuse_field(path, key, "is not a field of this request");
      if (fields->has(at)) return refuse_field(path, key, "is given twice");
      fields->given_ |= bit(at);
      fields->values_[at] = field.value();
    }
    return fields;
  }

  // Null counts as given.
  bool has(std::size_t at) const { return (given_ & bit(at)) != 0; }
  bool is_null(std::size_t at) const { return has(at) && value(at).is_null(); }
  // Only of one that is there.
  const simdjson::dom::element& value(std::size_t at) const { return values_[at]; }

  std::unexpected<domain::Error> refuse(std::size_t at, std::string_view rule) const {
    return refuse_field(path_, names[at], rule);
  }
  std::string name(std::size_t at) const { return path_.text() + std::string(names[at]); }

  // `check(field)` judges a value and speaks of it by the name that it is given, which is put together only
  // to fail.
  template <typename Check>
  domain::Result<void> judge(std::size_t at, Check&& check) const {
    if (check(std::string_view())) return {};
    return check(std::string_view(name(at)));
  }

  // VALIDATION_ERROR when the field is missing or no string. The view is into the document.
  domain::Result<std::string_view> text(std::size_t at) const {
    if (!has(at)) return refuse(at, "is required");
    std::string_view text;
    if (value(at).get(text) != simdjson::SUCCESS) return refuse(at, "must be a string");
    return text;
  }

  // VALIDATION_ERROR when the field is missing or no integer as JSON writes integers. One beyond 64 bits
  // reads as the largest there is, which is above every limit.
  domain::Result<std::int64_t> integer(std::size_t at) const {
    if (!has(at)) return refuse(at, "is required");
    switch (value(at).type()) {
      case simdjson::dom::element_type::INT64:
        return integer_of(value(at));
      case simdjson::dom::element_type::UINT64:
        return std::numeric_limits<std::int64_t>::max();
      default:
        return refuse(at, "must be an integer, written without fraction, exponent or quotes");
    }
  }

  domain::Result<bool> boolean(std::size_t at) const {
    if (!has(at)) return refuse(at, "is required");
    bool flag = false;
    if (value(at).get(flag) != simdjson::SUCCESS) return refuse(at, "must be true or false");
    return flag;
  }

 private:
  static constexpr std::size_t count = names.size();
  static_assert(count <= 32);
  static constexpr std::uint32_t bit(std::size_t at) { return std::uint32_t{1} << at; }

  // Into the caller: on its own it returns the number with its error through memory, which is waited for.
  [[gnu::always_inline, gnu::flatten]] static std::int64_t integer_of(const simdjson::dom::element& value) {
    return value.get_int64().value_unsafe();
  }

  explicit JsonFields(JsonPath path) : path_(path) {}

  // `count` when there is none. Written out for each name, so that the compiler knows their lengths.
  template <std::size_t... at>
  static std::size_t place_of([[maybe_unused]] std::string_view key, std::index_sequence<at...> /*all*/) {
    std::size_t found = count;
    static_cast<void>(((key == names[at] && (found = at, true)) || ...));
    return found;
  }

  JsonPath path_;
  std::uint32_t given_ = 0;  // a bit for each field
  std::array<simdjson::dom::element, count> values_;
};

}  // namespace nexus::http
