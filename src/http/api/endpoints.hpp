#pragma once

#include <string>
#include <string_view>

#include "domain/access.hpp"
#include "domain/commands.hpp"
#include "domain/error.hpp"
#include "http/server/message.hpp"
#include "service/access.hpp"
#include "store/store.hpp"

namespace nexus::http {

// One request on its way through an operation.
struct Call {
  const Request& request;
  Response& response;
  service::Principal principal;
  std::string segment;  // the path's own: a SKU or an id, decoded and checked

  domain::TenantId tenant() const { return principal->tenant; }
};

// The answer to a write, made by the operation and then sent, or kept under an idempotency key.
struct WriteAnswer {
  unsigned status = 200;
  std::string etag;
  std::string& body;
};

// The API's operations on inventory: each reads what was asked, calls the store and writes the answer. An
// error is returned, and the response left as it was. Any thread may call it; the store must outlive it.
class Endpoints {
 public:
  explicit Endpoints(store::Store& store) : store_(store) {}

  using Answer = store::Awaitable<domain::Result<void>>;

  Answer list_inventory(Call& call);
  Answer get_inventory(Call& call);
  Answer list_adjustments(Call& call);
  Answer list_warehouses(Call& call);

  Answer create_item(Call& call);
  Answer update_item(Call& call);
  Answer delete_item(Call& call);
  Answer update_inventory(Call& call);
  Answer bulk_update_inventory(Call& call);
  Answer sync_inventory(Call& call);
  Answer create_warehouse(Call& call);
  Answer update_warehouse(Call& call);

  Answer list_reservations(Call& call);
  Answer get_reservation(Call& call);
  Answer create_reservation(Call& call);
  Answer ship_reservation(Call& call);
  Answer release_reservation(Call& call);

 private:
  using WriteAnswerFunction = void (*)(const store::Executed&, WriteAnswer&);

  // Executes what was read from the request (or returns why it could not be read), under its idempotency key
  // if it has one, and answers.
  Answer write(Call& call, domain::Result<domain::Request> request, WriteAnswerFunction answer);

  store::Store& store_;
};

}  // namespace nexus::http
