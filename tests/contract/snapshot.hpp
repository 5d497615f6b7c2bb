#pragma once

#include <string>
#include <vector>

#include "domain/ids.hpp"
#include "store/store.hpp"

namespace nexus::contract {

// Everything that the port lets one read, one thing a line: all tenants and keys; of each tenant its
// warehouses, items, lists by every filter, histories and reservations. `skus` are those whose history is
// read. Two engines that were told the same give the same.
std::string snapshot(store::Store& store, const std::vector<std::string>& skus);

}  // namespace nexus::contract
