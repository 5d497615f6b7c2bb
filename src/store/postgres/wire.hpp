#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include "domain/ids.hpp"
#include "domain/time.hpp"

namespace nexus::store::postgres {

// PostgreSQL's types, in the binary form of its protocol. Whole numbers travel as bigint, whatever the column
// has; moments as timestamptz; the 128 bits of an id as uuid.

// The type of an array's elements, by the number that PostgreSQL knows it by.
enum class Element : std::uint32_t {
  bytes = 17,
  integer = 20,
  text = 25,
  time = 1184,
  id = 2950,
  boolean = 16
};

// An array of one dimension, as one parameter.
class Array {
 public:
  explicit Array(Element element);

  void add(std::int64_t value);
  void add_flag(bool value);
  void add(std::string_view value);
  void add(domain::Time value);
  void add(domain::Ulid value);
  void add_none();
  template <typename Value>
  void add(const std::optional<Value>& value) {
    value ? add(*value) : add_none();
  }
  void add(const char*) = delete;

  std::size_t size() const { return size_; }
  std::string finish() &&;

 private:
  Element element_;
  std::string bytes_;  // begins with room for the header
  std::uint32_t size_ = 0;
  bool has_none_ = false;
};

// What a statement is executed with, in the order of its $1, $2, …
class Parameters {
 public:
  Parameters&& add(std::int64_t value) &&;
  Parameters&& add(std::string_view value) &&;  // text or bytea
  Parameters&& add(domain::Time value) &&;
  Parameters&& add(domain::Ulid value) &&;
  Parameters&& add(Array&& value) &&;
  Parameters&& add_none() &&;
  template <typename Value>
  Parameters&& add(const std::optional<Value>& value) && {
    return value ? std::move(*this).add(*value) : std::move(*this).add_none();
  }
  void add(const char*) && = delete;

  std::size_t size() const { return values_.size(); }
  // Good until the next add(). A null pointer stands for NULL.
  const char* data(std::size_t i) const { return values_[i] ? values_[i]->data() : nullptr; }
  int bytes(std::size_t i) const { return values_[i] ? static_cast<int>(values_[i]->size()) : 0; }

 private:
  std::vector<std::optional<std::string>> values_;
};

// The rows that a statement gave.
class Rows {
 public:
  Rows() = default;
  explicit Rows(PGresult* result) : result_(result, PQclear) {}

  std::size_t size() const { return static_cast<std::size_t>(PQntuples(result_.get())); }
  bool empty() const { return size() == 0; }
  // What kind of command it was: "COMMIT" for instance.
  std::string_view tag() const { return PQcmdStatus(result_.get()); }

  bool is_none(std::size_t row, int column) const {
    return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
  }
  // Good as long as the rows are.
  std::string_view text(std::size_t row, int column) const;
  std::int64_t integer(std::size_t row, int column) const;  // of any width
  bool boolean(std::size_t row, int column) const;
  domain::Time time(std::size_t row, int column) const;
  domain::Ulid id(std::size_t row, int column) const;
  std::vector<std::int64_t> integers(std::size_t row, int column) const;   // bigint[]
  std::vector<std::string_view> texts(std::size_t row, int column) const;  // text[]

  std::optional<std::string> maybe_text(std::size_t row, int column) const {
    return is_none(row, column) ? std::nullopt : std::optional<std::string>(text(row, column));
  }
  std::optional<domain::Time> maybe_time(std::size_t row, int column) const {
    return is_none(row, column) ? std::nullopt : std::optional(time(row, column));
  }

 private:
  std::unique_ptr<PGresult, void (*)(PGresult*)> result_{nullptr, PQclear};
};

}  // namespace nexus::store::postgres
