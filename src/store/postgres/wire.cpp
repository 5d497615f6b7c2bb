#include "store/postgres/wire.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace nexus::store::postgres {

namespace {

constexpr std::int64_t epoch_2000_ms = 946'684'800'000;
constexpr std::int32_t length_of_none = -1;
constexpr std::int32_t lower_bound = 1;

// Dimensions, has nulls, type; of an array that is not empty also length and lower bound.
constexpr std::size_t header_of_empty = 12;
constexpr std::size_t header = 20;

template <typename Number>
Number in_network_order(Number value) {
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

template <typename... Numbers>
void write(char* at, Numbers... values) {
  const auto write_one = [&at](auto value) {
    value = in_network_order(value);
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
  };
  (write_one(values), ...);
}

// In one piece: appending is what costs.
template <typename... Numbers>
void append(std::string& out, Numbers... values) {
  std::array<char, (sizeof(Numbers) + ...)> bytes;
  write(bytes.data(), values...);
  out.append(bytes.data(), bytes.size());
}

template <typename Number>
Number read(std::string_view bytes) {
  if (bytes.size() < sizeof(Number)) throw std::logic_error("a value of the database is too short");
  Number value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return in_network_order(value);
}

std::int64_t read_signed(std::string_view bytes) {
  switch (bytes.size()) {
    case 2:
      return read<std::int16_t>(bytes);
    case 4:
      return read<std::int32_t>(bytes);
    case 8:
      return read<std::int64_t>(bytes);
    default:
      throw std::logic_error("a column of the database is no whole number");
  }
}

std::int64_t microseconds_of(domain::Time value) {
  return (value.ms - epoch_2000_ms) * 1000;
}

template <typename... Numbers>
std::string of(Numbers... values) {
  std::string out;
  append(out, values...);
  return out;
}

// Calls `take` with the bytes of each element.
template <typename Take>
void for_each_element(std::string_view array, Take&& take) {
  if (array.size() < header) return;
  const auto count = read<std::uint32_t>(array.substr(header_of_empty));
  array.remove_prefix(header);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto length = static_cast<std::size_t>(read<std::uint32_t>(array));
    take(array.substr(4, length));
    array.remove_prefix(4 + length);
  }
}

}  // namespace

Array::Array(Element element) : element_(element), bytes_(header, '\0') {}

void Array::add(std::string_view value) {
  append(bytes_, static_cast<std::int32_t>(value.size()));
  bytes_ += value;
  ++size_;
}

void Array::add(std::int64_t value) {
  append(bytes_, std::int32_t{sizeof value}, value);
  ++size_;
}

void Array::add_flag(bool value) {
  append(bytes_, std::int32_t{1}, static_cast<std::int8_t>(value));
  ++size_;
}

void Array::add(domain::Time value) {
  add(microseconds_of(value));
}

void Array::add(domain::Ulid value) {
  append(bytes_, std::int32_t{sizeof value.high + sizeof value.low}, value.high, value.low);
  ++size_;
}

void Array::add_none() {
  append(bytes_, length_of_none);
  ++size_;
  has_none_ = true;
}

std::string Array::finish() && {
  write(bytes_.data(), std::int32_t{size_ == 0 ? 0 : 1}, std::int32_t{has_none_ ? 1 : 0},
        static_cast<std::int32_t>(element_), static_cast<std::int32_t>(size_), lower_bound);
  if (size_ == 0) bytes_.resize(header_of_empty);
  return std::move(bytes_);
}

Parameters&& Parameters::add(std::int64_t value) && {
  values_.emplace_back(of(value));
  return std::move(*this);
}

Parameters&& Parameters::add(std::string_view value) && {
  values_.emplace_back(value);
  return std::move(*this);
}

Parameters&& Parameters::add(domain::Time value) && {
  values_.emplace_back(of(microseconds_of(value)));
  return std::move(*this);
}

Parameters&& Parameters::add(domain::Ulid value) && {
  values_.emplace_back(of(value.high, value.low));
  return std::move(*this);
}

Parameters&& Parameters::add(Array&& value) && {
  values_.emplace_back(std::move(value).finish());
  return std::move(*this);
}

Parameters&& Parameters::add_none() && {
  values_.emplace_back();
  return std::move(*this);
}

std::string_view Rows::text(std::size_t row, int column) const {
  const int at = static_cast<int>(row);
  return {PQgetvalue(result_.get(), at, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), at, column))};
}

std::int64_t Rows::integer(std::size_t row, int column) const {
  return read_signed(text(row, column));
}

bool Rows::boolean(std::size_t row, int column) const {
  return text(row, column) != std::string_view("\0", 1);
}

domain::Time Rows::time(std::size_t row, int column) const {
  // Microseconds are all whole milliseconds here: nothing else is ever written.
  return domain::Time{integer(row, column) / 1000 + epoch_2000_ms};
}

domain::Ulid Rows::id(std::size_t row, int column) const {
  const auto bytes = text(row, column);
  return {.high = read<std::uint64_t>(bytes),
          .low = read<std::uint64_t>(bytes.substr(sizeof(std::uint64_t)))};
}

std::vector<std::int64_t> Rows::integers(std::size_t row, int column) const {
  std::vector<std::int64_t> out;
  for_each_element(text(row, column), [&](std::string_view bytes) { out.push_back(read_signed(bytes)); });
  return out;
}

std::vector<std::string_view> Rows::texts(std::size_t row, int column) const {
  std::vector<std::string_view> out;
  for_each_element(text(row, column), [&](std::string_view bytes) { out.push_back(bytes); });
  return out;
}

}  // namespace nexus::store::postgres
