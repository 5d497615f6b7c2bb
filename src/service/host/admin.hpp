#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "store/maintenance.hpp"
#include "store/store.hpp"

namespace nexus::service {

// What goes to and fro during an operation, beside its request and its result, as seen by who carries it out.
class AdminStream {
 public:
  virtual ~AdminStream() = default;

  // How far the work is; `total` is 0 when not known.
  virtual void progress(std::uint64_t done, std::uint64_t total) = 0;
  // The next piece of an export. An error ends it.
  virtual domain::Result<void> write(std::string_view piece) = 0;
  // Appends the next piece of an import's input; false at its end.
  virtual domain::Result<bool> read(std::string& buffer) = 0;
};

// What the host's own people may do, in the process that has the store open or from another one.
class AdminPort {
 public:
  virtual ~AdminPort() = default;

  // Carries out one request, {"op":"tenant.create","name":"shop"} for example, and returns its result as
  // JSON. Blocks for as long as that takes. Where the operations and their fields stand: admin.cpp.
  virtual domain::Result<std::string> handle(std::string_view request, AdminStream& stream) = 0;
};

// The operations over a store that this process has open. Any thread may call it, several at once; never one
// that serves an io_context. Store and maintenance must outlive it.
class AdminApi final : public AdminPort {
 public:
  AdminApi(store::Store& store, store::Maintenance& maintenance) : store_(store), maintenance_(maintenance) {}

  domain::Result<std::string> handle(std::string_view request, AdminStream& stream) override;

 private:
  store::Store& store_;
  store::Maintenance& maintenance_;
};

// The longest request and the most of an import or export that travels in one piece.
inline constexpr std::size_t admin_request_bytes_max = std::size_t{64} * 1024;
inline constexpr std::size_t admin_piece_bytes_max = std::size_t{1024} * 1024;

}  // namespace nexus::service
