#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "http/server/url.hpp"

namespace nexus::http {

// The parameters of a query string, judged against those that a route knows: VALIDATION_ERROR for one that is
// unknown, given twice (those of `repeatable` aside), or not decodable.
class QueryParameters {
 public:
  static domain::Result<QueryParameters> read(std::string_view query,
                                              std::initializer_list<std::string_view> known,
                                              std::string_view repeatable = "");

  // Nothing when the parameter is not given.
  std::optional<std::string_view> find(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;

  // 1 to 200; nothing when not given. VALIDATION_ERROR for anything else.
  domain::Result<std::optional<std::size_t>> limit() const;

 private:
  std::vector<QueryParameter> parameters_;
};

inline constexpr std::size_t page_limit_default = 50;
inline constexpr std::size_t page_limit_max = 200;

// The parts of a comma-separated list; an empty part stays one.
std::vector<std::string_view> split_commas(std::string_view text);

std::unexpected<domain::Error> refuse_parameter(std::string_view name, std::string_view rule);

}  // namespace nexus::http
