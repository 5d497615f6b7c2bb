#pragma once

#include "store/postgres/connection.hpp"

// Everything that is ever said to the database while it is served, and nothing about stock in it: which rows
// to lock, to read and to write. In each, $1 is the tenant unless it says otherwise.
namespace nexus::store::postgres {

// The tenant that is none keeps what belongs to the whole store.
inline constexpr domain::Ulid store_itself{};

namespace statements {

// Transactions and locks. Everyone locks in this order: the tenant, idempotency keys, reservations, items;
// new rows are made after that, and counts are written last. Within each, by key.
extern const Statement begin;
extern const Statement commit;
extern const Statement rollback;
extern const Statement lock_shared;              // $1 a number that stands for the tenant
extern const Statement lock_alone;               // $1 likewise
extern const Statement lock_keys;                // $1 numbers that stand for idempotency keys, in order
extern const Statement lock_reservations;        // $2 ids
extern const Statement lock_items;               // $2 SKUs
extern const Statement lock_items_and_reserved;  // $2 SKUs, $3 ids of reservations whose lines name more

// What a command is judged on beside the locked rows.
extern const Statement held_by_reference;  // $2 references
extern const Statement answers_by_key;     // $2 idempotency keys
extern const Statement warehouses_since;   // $2 a revision
extern const Statement skus_in_warehouse;  // $2 a warehouse's number
extern const Statement tenants_named;      // $1 names, $2 ids
extern const Statement keys_by_id;         // $1 ids

// What comes of it. Arrays are of one length and sorted by key, and a key is in them once.
extern const Statement insert_items;
extern const Statement update_items;
extern const Statement remove_places;
extern const Statement insert_places;
extern const Statement add_counts;
extern const Statement insert_adjustments;
extern const Statement update_reservations;
extern const Statement insert_reservations;
extern const Statement remove_reservation_skus;
extern const Statement insert_reservation_skus;
extern const Statement keep_answers;
extern const Statement put_warehouses;
extern const Statement insert_tenants;
extern const Statement put_keys;

// Sequence numbers; outside of any other transaction.
extern const Statement take_block;  // $2 how many, $3 a moment
extern const Statement last_time;
extern const Statement return_block;  // $2 the first that was not used, $3 the block's end, $4 a moment

// Filling an empty database; see loader.hpp.
extern const Statement begin_move;  // $2 the source's last sequence, $3 and moment
extern const Statement find_move;
extern const Statement note_move;        // $2 part, $3 after, $4 1 when finished
extern const Statement begin_sequences;  // $2 the first, $3 a moment

// Queries.
extern const Statement items_by_sku;             // $2 SKUs
extern const Statement page_of_items;            // $2 warehouse, $3 statuses, $4 after, $5 limit
extern const Statement history;                  // $2 SKU … see adjustments.cpp
extern const Statement reservations_by_id;       // $2 ids
extern const Statement reservations_newest;      // $2 statuses, $3 before, $4 limit, $5 SKU, $6 reference
extern const Statement reservations_of_sku;      // likewise
extern const Statement reservations_referenced;  // likewise
extern const Statement keys_by_digest;           // $1 digests
extern const Statement all_tenants;
extern const Statement all_keys;

// The clock's work.
extern const Statement due_reservations;  // $1 a moment, $2 limit
extern const Statement oldest_answer;
extern const Statement forget_answers;  // $1 a moment
extern const Statement ping;
extern const Statement figures;

}  // namespace statements

}  // namespace nexus::store::postgres
