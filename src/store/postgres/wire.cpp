#include "store/postgres/wire.hpp"

#include <stdexcept>

namespace nexus::store::postgres {

namespace {

constexpr std::int64_t epoch_2000_ms = 946'684'800'000;
constexpr std::int32_t length_of_none = -1;

template <typename Number>
void append(std::string& out, Number value) {
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> static_cast<unsigned>(shift));
  }
}

std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::int64_t read_signed(std::string_view bytes) {
  const auto value = read_number(bytes);
  switch (bytes.size()) {
    case 2:
      return static_cast<std::int16_t>(value);
    case 4:
      return static_cast<std::int32_t>(value);
    case 8:
      return static_cast<std::int64_t>(value);
    default:
      throw std::logic_error("a column of the database is no whole number");
  }
}

std::string of(std::int64_t value) {
  std::string out;
  append(out, value);
  return out;
}

std::string of(domain::Time value) {
  return of((value.ms - epoch_2000_ms) * 1000);
}

std::string of(domain::Ulid value) {
  std::string out;
  append(out, value.high);
  append(out, value.low);
  return out;
}

// Calls `take` with the bytes of each element.
template <typename Take>
void for_each_element(std::string_view array, Take&& take) {
  constexpr std::size_t header = 20;  // dimensions, has nulls, type; then length and lower bound
  if (array.size() < header) return;
  const auto count = read_number(array.substr(12, 4));
  array.remove_prefix(header);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto length = static_cast<std::size_t>(read_number(array.substr(0, 4)));
    take(array.substr(4, length));
    array.remove_prefix(4 + length);
  }
}

}  // namespace

void Array::add(std::string_view value) {
  append(elements_, static_cast<std::int32_t>(value.size()));
  elements_ += value;
  ++size_;
}

void Array::add(std::int64_t value) {
  append(elements_, std::int32_t{8});
  append(elements_, value);
  ++size_;
}

void Array::add_flag(bool value) {
  add(std::string_view(value ? "\1" : "\0", 1));
}

void Array::add(domain::Time value) {
  add(std::string_view(of(value)));
}

void Array::add(domain::Ulid value) {
  add(std::string_view(of(value)));
}

void Array::add_none() {
  append(elements_, length_of_none);
  ++size_;
  has_none_ = true;
}

std::string Array::finish() && {
  std::string out;
  out.reserve(elements_.size() + 20);
  append(out, std::int32_t{size_ == 0 ? 0 : 1});
  append(out, std::int32_t{has_none_ ? 1 : 0});
  append(out, static_cast<std::int32_t>(element_));
  if (size_ == 0) return out;
  append(out, static_cast<std::int32_t>(size_));
  append(out, std::int32_t{1});
  out += elements_;
  return out;
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
  values_.emplace_back(of(value));
  return std::move(*this);
}

Parameters&& Parameters::add(domain::Ulid value) && {
  values_.emplace_back(of(value));
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
  return {.high = read_number(bytes.substr(0, 8)), .low = read_number(bytes.substr(8))};
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
