#include "store/embedded/crc32c.hpp"

#include <array>
#include <cstring>

namespace nexus::store::embedded {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  constexpr std::uint32_t reversed_polynomial = 0x82F63B78;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? reversed_polynomial : 0);
    table[i] = crc;
  }
  return table;
}

constexpr auto crc32c_table = make_table();

std::uint32_t by_table(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) crc = (crc >> 8) ^ crc32c_table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

#if defined(__x86_64__)

bool has_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t begun, std::string_view bytes) {
  std::uint64_t crc = begun;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const char c : bytes) rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(c));
  return rest;
}

#else

bool has_instruction() {
  return false;
}

std::uint32_t by_instruction(std::uint32_t begun, std::string_view /*bytes*/) {
  return begun;
}

#endif

}  // namespace

// RocksDB's own, and what the linker puts in its place (CMakeLists.txt): as distributions build it, it does
// without the instruction (docs/adr/0014-a-ledger-entry-is-a-chunk.md).
std::uint32_t extend_by_rocksdb(std::uint32_t crc, const char* data,
                                std::size_t size) __asm__("__real__ZN7rocksdb6crc32c6ExtendEjPKcm");
std::uint32_t extend_for_rocksdb(std::uint32_t crc, const char* data,
                                 std::size_t size) __asm__("__wrap__ZN7rocksdb6crc32c6ExtendEjPKcm");

std::uint32_t extend_for_rocksdb(std::uint32_t crc, const char* data, std::size_t size) {
  return has_instruction() ? ~by_instruction(~crc, {data, size}) : extend_by_rocksdb(crc, data, size);
}

std::uint32_t crc32c(std::string_view bytes) {
  return has_instruction() ? ~by_instruction(~0U, bytes) : by_table(bytes);
}

}  // namespace nexus::store::embedded
