// Any bytes of the commit log are a group or none; one that was read is written as the same group again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/embedded/commit_log.hpp"

namespace nexus::store::embedded {
namespace {

std::string write_group(const std::vector<DecodedCommit>& commits) {
  std::string bytes;
  begin_group(bytes);
  for (const auto& [commit, places] : commits) static_cast<void>(encode(commit, bytes));
  seal_group(bytes);
  return bytes;
}

}  // namespace
}  // namespace nexus::store::embedded

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nexus::store::embedded;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static_cast<void>(decode_group(input));
  // With a checksum that fits, which no random bytes have.
  std::string group;
  begin_group(group);
  group += input;
  seal_group(group);
  const auto commits = decode_group(group);
  if (!commits) return 0;
  const auto written = write_group(*commits);
  const auto again = decode_group(written);
  if (!again || write_group(*again) != written) std::abort();
  return 0;
}
