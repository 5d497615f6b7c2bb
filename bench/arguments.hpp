#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

namespace nexus::bench {

// Options in the form `--name value`. Every reading method throws std::runtime_error naming the option that
// is missing or not a number.
class Arguments {
 public:
  Arguments(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; i += 2) values_[argv[i]] = argv[i + 1];
  }

  std::string text(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::runtime_error(name + " is missing");
    return found->second;
  }
  std::string text(const std::string& name, const std::string& otherwise) const {
    return values_.contains(name) ? text(name) : otherwise;
  }
  std::uint64_t number(const std::string& name) const { return static_cast<std::uint64_t>(real(name)); }
  std::uint64_t number(const std::string& name, std::uint64_t otherwise) const {
    return values_.contains(name) ? number(name) : otherwise;
  }
  double real(const std::string& name) const {
    const std::string value = text(name);
    std::size_t used = 0;
    const double parsed = std::stod(value, &used);
    if (used != value.size() || parsed < 0) throw std::runtime_error(name + " is not a number: " + value);
    return parsed;
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace nexus::bench
