#include "request_file.hpp"

#include <fstream>
#include <stdexcept>

namespace nexus::bench {

namespace {
constexpr std::size_t request_bytes_max = 2U << 20;
}

std::vector<std::string> read_requests(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::vector<std::string> requests;
  std::size_t bytes = 0;
  while (file >> bytes) {
    if (file.get() != '\n' || bytes == 0 || bytes > request_bytes_max) {
      throw std::runtime_error(path + " is no file of requests");
    }
    std::string request(bytes, '\0');
    if (!file.read(request.data(), static_cast<std::streamsize>(bytes))) {
      throw std::runtime_error(path + " is cut off");
    }
    requests.push_back(std::move(request));
  }
  if (requests.empty()) throw std::runtime_error(path + " has no requests");
  return requests;
}

std::string_view body_of(std::string_view message) {
  constexpr std::string_view head_end = "\r\n\r\n";
  const auto end = message.find(head_end);
  return end == std::string_view::npos ? std::string_view{} : message.substr(end + head_end.size());
}

}  // namespace nexus::bench
