#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/time.hpp"

namespace nexus::domain {

// 128 bits that sort by creation: 48 bits of milliseconds, then 80 bits that tell apart what one millisecond
// made. Text form: 26 characters of Crockford's base 32, see https://github.com/ulid/spec.
struct Ulid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Ulid&) const = default;

  static constexpr std::size_t text_size = 26;

  // The id of what event number `sequence` made at `at`. Sequences are never used twice in one store, so
  // neither are the ids, and they sort exactly in the order of the events.
  static Ulid of(Time at, std::uint64_t sequence);
  // What of() was given.
  Time at() const { return Time{static_cast<std::int64_t>(high >> 16U)}; }
  std::uint64_t sequence() const { return low; }

  // Writes text_size characters to `out`.
  void write(char* out) const;
  // Nothing unless `text` is exactly the upper-case text form.
  static std::optional<Ulid> parse(std::string_view text);
};

// An id of one kind of thing; kinds do not mix. Text form: the kind's prefix and a ULID, e.g. "wh_01HX…".
template <typename Kind>
struct Id {
  Ulid value;

  auto operator<=>(const Id&) const = default;

  static constexpr std::string_view prefix = Kind::prefix;
  static constexpr std::size_t text_size = prefix.size() + Ulid::text_size;

  std::string text() const {
    std::string out(text_size, '\0');
    prefix.copy(out.data(), prefix.size());
    value.write(out.data() + prefix.size());
    return out;
  }
  static std::optional<Id> parse(std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    const auto value = Ulid::parse(text.substr(prefix.size()));
    if (!value) return std::nullopt;
    return Id{*value};
  }
};

struct TenantKind {
  static constexpr std::string_view prefix = "ten_";
};
struct KeyKind {
  static constexpr std::string_view prefix = "key_";
};
struct WarehouseKind {
  static constexpr std::string_view prefix = "wh_";
};
struct AdjustmentKind {
  static constexpr std::string_view prefix = "adj_";
};
struct ReservationKind {
  static constexpr std::string_view prefix = "res_";
};

using TenantId = Id<TenantKind>;
using KeyId = Id<KeyKind>;
using WarehouseId = Id<WarehouseKind>;
using AdjustmentId = Id<AdjustmentKind>;
using ReservationId = Id<ReservationKind>;

// For hash tables; ids are not secret and their low halves are dense, so one multiplication spreads them
// well.
struct IdHash {
  template <typename Kind>
  std::size_t operator()(const Id<Kind>& id) const {
    return (id.value.low ^ (id.value.high << 1)) * 0x9E3779B97F4A7C15ull;
  }
};

}  // namespace nexus::domain
