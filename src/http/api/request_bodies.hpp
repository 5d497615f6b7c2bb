#pragma once

#include <string>
#include <string_view>

#include "domain/commands.hpp"
#include "domain/error.hpp"

namespace nexus::http {

// JSON bodies read into commands: syntax, unknown and repeated fields, types, lengths and formats are judged
// here (INVALID_JSON, VALIDATION_ERROR naming the field); what depends on the state is left to the domain.
// `sku` and `id` come from the path and have been checked.

domain::Result<domain::Request> read_level_update(std::string_view body, std::string sku,
                                                  domain::AcceptedVersions if_match);
domain::Result<domain::Request> read_bulk_update(std::string_view body);
domain::Result<domain::Request> read_sync(std::string_view body);

domain::Result<domain::Request> read_new_item(std::string_view body);
domain::Result<domain::Request> read_item_change(std::string_view body, std::string sku,
                                                 domain::AcceptedVersions if_match);

domain::Result<domain::Request> read_new_warehouse(std::string_view body);
domain::Result<domain::Request> read_warehouse_change(std::string_view body, std::string_view id);

domain::Result<domain::Request> read_new_reservation(std::string_view body);
// An empty body ships everything.
domain::Result<domain::Request> read_shipment(std::string_view body, std::string id);
// Nothing, or an empty object.
domain::Result<domain::Request> read_release(std::string_view body, std::string id);

}  // namespace nexus::http
