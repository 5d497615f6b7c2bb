#pragma once

#include <rapidcheck.h>

#include "domain/events.hpp"

namespace nexus::test {

// Anything that a store may have to write, within the rules for it.
rc::Gen<domain::Commit> any_commit();
rc::Gen<domain::Item> any_item();
rc::Gen<domain::Reservation> any_reservation();
rc::Gen<domain::AnswerKept> any_answer();
rc::Gen<domain::ApiKey> any_key();
rc::Gen<domain::Warehouse> any_warehouse();
rc::Gen<domain::Tenant> any_tenant();

}  // namespace nexus::test
