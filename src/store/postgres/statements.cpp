#include "store/postgres/statements.hpp"

// Columns in the order in which rows.cpp reads them.
#define ITEM_COLUMNS                                                                                 \
  "i.sku, i.title, i.safety_stock, i.low_threshold, i.critical_threshold, i.version, i.updated_at, " \
  "i.is_deleted, i.status, i.levels, i.sequence, i.warehouses_revision"
#define RESERVATION_COLUMNS                                                                        \
  "r.id, r.reference, r.status, r.line_skus, r.line_warehouses, r.line_quantities, r.created_by, " \
  "r.created_at, r.expires_at, r.closed_at"
#define KEY_COLUMNS \
  "tenant_id, id, digest, name, owner, scopes, created_at, expires_at, revoked_at, rate_limit_per_minute"

namespace nexus::store::postgres::statements {

const Statement begin{"begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
const Statement commit{"commit", "COMMIT"};
const Statement rollback{"rollback", "ROLLBACK"};
const Statement lock_shared{"lock_shared", "SELECT pg_advisory_xact_lock_shared($1::bigint)"};
const Statement lock_alone{"lock_alone", "SELECT pg_advisory_xact_lock($1::bigint)"};
const Statement lock_keys{
    "lock_keys", "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) WITH ORDINALITY AS u(k, n)"};

const Statement lock_reservations{
    "lock_reservations",
    "SELECT " RESERVATION_COLUMNS
    " FROM reservations r WHERE r.tenant_id = $1::uuid AND r.id = ANY($2::uuid[]) ORDER BY r.id FOR UPDATE"};

// Rows of items are never deleted and their keys never change, so that the weaker of the two locks for
// writing is enough; it costs next to nothing where the same transaction writes the row.
const Statement lock_items{
    "lock_items", "SELECT " ITEM_COLUMNS
                  " FROM items i WHERE i.tenant_id = $1::uuid AND i.sku = ANY($2::text[]) ORDER BY i.sku "
                  "FOR NO KEY UPDATE"};

const Statement lock_items_and_reserved{
    "lock_items_and_reserved",
    "SELECT " ITEM_COLUMNS
    " FROM items i WHERE i.tenant_id = $1::uuid AND i.sku = ANY($2::text[] || ARRAY("
    "SELECT unnest(r.line_skus) FROM reservations r WHERE r.tenant_id = $1::uuid AND r.id = ANY($3::uuid[])"
    ")) ORDER BY i.sku FOR NO KEY UPDATE"};

const Statement held_by_reference{
    "held_by_reference",
    "SELECT " RESERVATION_COLUMNS
    " FROM reservations r WHERE r.tenant_id = $1::uuid AND r.status = 0 AND r.reference = ANY($2::text[])"};

const Statement answers_by_key{"answers_by_key",
                               "SELECT key, fingerprint, expires_at, status, etag, body FROM answers "
                               "WHERE tenant_id = $1::uuid AND key = ANY($2::bytea[])"};

const Statement warehouses_since{
    "warehouses_since",
    "SELECT number, id, name, type, address, marketplace, is_active, revision FROM warehouses "
    "WHERE tenant_id = $1::uuid AND revision > $2::bigint ORDER BY number"};

const Statement skus_in_warehouse{
    "skus_in_warehouse",
    "SELECT sku FROM item_places WHERE tenant_id = $1::uuid AND warehouse = $2::bigint ORDER BY sku"};

const Statement tenants_named{"tenants_named",
                              "SELECT tenant_id, name, created_at FROM tenants "
                              "WHERE name = ANY($1::text[]) OR tenant_id = ANY($2::uuid[])"};

const Statement keys_by_id{"keys_by_id", "SELECT " KEY_COLUMNS " FROM api_keys WHERE id = ANY($1::uuid[])"};

// What has a fixed size is taken out of its array by number, which costs less than one more array to unnest
// side by side; texts would have to be searched for. The levels of all items come in one array; each item
// says where its own begin and end.
const Statement insert_items{
    "insert_items",
    "INSERT INTO items (tenant_id, sku, title, safety_stock, low_threshold, critical_threshold, version, "
    "updated_at, is_deleted, status, levels, sequence, warehouses_revision) "
    "SELECT $1::uuid, u.sku, u.title, ($4::bigint[])[n], ($5::bigint[])[n], ($6::bigint[])[n], "
    "($7::bigint[])[n], ($8::timestamptz[])[n], ($9::boolean[])[n], ($10::bigint[])[n], "
    "($12::bigint[])[($11::bigint[])[n]:($15::bigint[])[n]], $13::bigint, $14::bigint "
    "FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS u(sku, title, n)"};

const Statement update_items{
    "update_items",
    "UPDATE items i SET title = u.title, safety_stock = ($4::bigint[])[n], "
    "low_threshold = ($5::bigint[])[n], critical_threshold = ($6::bigint[])[n], version = ($7::bigint[])[n], "
    "updated_at = ($8::timestamptz[])[n], is_deleted = ($9::boolean[])[n], status = ($10::bigint[])[n], "
    "levels = ($12::bigint[])[($11::bigint[])[n]:($15::bigint[])[n]], sequence = $13::bigint, "
    "warehouses_revision = $14::bigint "
    "FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS u(sku, title, n) "
    "WHERE i.tenant_id = $1::uuid AND i.sku = u.sku"};

const Statement remove_places{
    "remove_places",
    "DELETE FROM item_places p USING unnest($2::bigint[], $3::bigint[], $4::text[]) "
    "AS u(warehouse, status, sku) WHERE p.tenant_id = $1::uuid AND p.warehouse = u.warehouse "
    "AND p.status = u.status AND p.sku = u.sku"};

const Statement insert_places{
    "insert_places",
    "INSERT INTO item_places (tenant_id, warehouse, status, sku) SELECT $1::uuid, u.warehouse, u.status, "
    "u.sku FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS u(warehouse, status, sku)"};

const Statement add_counts{
    "add_counts",
    "INSERT INTO item_counts AS c (tenant_id, warehouse, status, slot, count) "
    "SELECT $1::uuid, u.warehouse, u.status, $2::bigint, u.change "
    "FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS u(warehouse, status, change) "
    "ON CONFLICT (tenant_id, warehouse, status, slot) DO UPDATE SET count = c.count + excluded.count"};

const Statement insert_adjustments{
    "insert_adjustments",
    "INSERT INTO adjustments (tenant_id, sku, sequence, at, warehouse, quantity_before, quantity_after, "
    "version, reason, note, created_by) SELECT $1::uuid, u.sku, ($3::bigint[])[n], ($4::timestamptz[])[n], "
    "($5::bigint[])[n], ($6::bigint[])[n], ($7::bigint[])[n], ($8::bigint[])[n], u.reason, u.note, "
    "u.created_by FROM unnest($2::text[], $9::text[], $10::text[], $11::text[]) WITH ORDINALITY "
    "AS u(sku, reason, note, created_by, n)"};

const Statement update_reservations{
    "update_reservations",
    "UPDATE reservations r SET status = u.status, closed_at = u.closed_at, "
    "line_skus = ($5::text[])[u.first:u.last], line_warehouses = ($6::bigint[])[u.first:u.last], "
    "line_quantities = ($7::bigint[])[u.first:u.last] "
    "FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $8::bigint[], $9::bigint[]) "
    "AS u(id, status, closed_at, first, last) WHERE r.tenant_id = $1::uuid AND r.id = u.id"};

const Statement insert_reservations{
    "insert_reservations",
    "INSERT INTO reservations (tenant_id, id, status, closed_at, line_skus, line_warehouses, "
    "line_quantities, reference, created_by, created_at, expires_at) "
    "SELECT $1::uuid, u.id, u.status, u.closed_at, ($5::text[])[u.first:u.last], "
    "($6::bigint[])[u.first:u.last], ($7::bigint[])[u.first:u.last], u.reference, u.created_by, "
    "u.created_at, u.expires_at "
    "FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $8::bigint[], $9::bigint[], $10::text[], "
    "$11::text[], $12::timestamptz[], $13::timestamptz[]) "
    "AS u(id, status, closed_at, first, last, reference, created_by, created_at, expires_at)"};

const Statement remove_reservation_skus{
    "remove_reservation_skus",
    "DELETE FROM reservation_skus s USING unnest($2::text[], $3::uuid[]) AS u(sku, id) "
    "WHERE s.tenant_id = $1::uuid AND s.sku = u.sku AND s.reservation_id = u.id"};

const Statement insert_reservation_skus{
    "insert_reservation_skus",
    "INSERT INTO reservation_skus (tenant_id, sku, reservation_id) SELECT $1::uuid, u.sku, u.id "
    "FROM unnest($2::text[], $3::uuid[]) AS u(sku, id)"};

const Statement keep_answers{
    "keep_answers",
    "INSERT INTO answers AS a (tenant_id, key, fingerprint, expires_at, status, etag, body) "
    "SELECT $1::uuid, u.* FROM unnest($2::bytea[], $3::bytea[], $4::timestamptz[], $5::bigint[], "
    "$6::bytea[], $7::bytea[]) AS u ON CONFLICT (tenant_id, key) DO UPDATE SET "
    "fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = excluded.status, "
    "etag = excluded.etag, body = excluded.body"};

const Statement put_warehouses{
    "put_warehouses",
    "INSERT INTO warehouses (tenant_id, number, id, name, type, address, marketplace, is_active, revision) "
    "SELECT $1::uuid, u.*, $2::bigint FROM unnest($3::bigint[], $4::uuid[], $5::text[], $6::bigint[], "
    "$7::text[], $8::text[], $9::boolean[]) AS u ON CONFLICT (tenant_id, number) DO UPDATE SET "
    "name = excluded.name, address = excluded.address, is_active = excluded.is_active, "
    "revision = excluded.revision"};

const Statement insert_tenants{"insert_tenants",
                               "INSERT INTO tenants (tenant_id, name, created_at) SELECT u.* FROM "
                               "unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS u"};

const Statement put_keys{
    "put_keys",
    "INSERT INTO api_keys (tenant_id, id, digest, name, owner, scopes, created_at, expires_at, revoked_at, "
    "rate_limit_per_minute) VALUES ($1::uuid, $2::uuid, $3::bytea, $4::text, $5::text, $6::bigint[], "
    "$7::timestamptz, $8::timestamptz, $9::timestamptz, $10::bigint) "
    "ON CONFLICT (tenant_id, id) DO UPDATE SET revoked_at = excluded.revoked_at"};

const Statement take_block{
    "take_block",
    "INSERT INTO sequence_blocks AS b (tenant_id, next, last_at) "
    "VALUES ($1::uuid, 1 + $2::bigint, $3::timestamptz) ON CONFLICT (tenant_id) DO UPDATE "
    "SET next = b.next + $2::bigint, last_at = greatest(b.last_at, excluded.last_at) "
    "RETURNING b.next - $2::bigint, b.last_at"};
const Statement last_time{"last_time", "SELECT last_at FROM sequence_blocks WHERE tenant_id = $1::uuid"};
const Statement return_block{
    "return_block",
    "UPDATE sequence_blocks SET last_at = greatest(last_at, $4::timestamptz), "
    "next = CASE WHEN next = $3::bigint THEN $2::bigint ELSE next END WHERE tenant_id = $1::uuid"};

const Statement begin_move{
    "begin_move",
    "INSERT INTO moves (tenant_id, source_sequence, source_at, part, after, is_finished) "
    "SELECT $1::uuid, $2::bigint, $3::timestamptz, 0, '', false "
    "WHERE NOT EXISTS (SELECT FROM sequence_blocks) ON CONFLICT DO NOTHING"};
const Statement find_move{"find_move",
                          "SELECT source_sequence, source_at, part, after, is_finished FROM moves "
                          "WHERE tenant_id = $1::uuid"};
const Statement note_move{
    "note_move",
    "UPDATE moves SET part = $2::bigint, after = $3::bytea, is_finished = $4::bigint = 1 "
    "WHERE tenant_id = $1::uuid"};
const Statement begin_sequences{
    "begin_sequences",
    "INSERT INTO sequence_blocks (tenant_id, next, last_at) VALUES ($1::uuid, $2::bigint, $3::timestamptz)"};

const Statement items_by_sku{
    "items_by_sku", "SELECT " ITEM_COLUMNS
                    " FROM items i WHERE i.tenant_id = $1::uuid AND i.sku = ANY($2::text[]) ORDER BY i.sku"};

// One statement, so that the total and the page are of one moment; the total comes also with an empty page.
const Statement page_of_items{
    "page_of_items",
    "SELECT " ITEM_COLUMNS
    ", t.total FROM (SELECT coalesce(sum(c.count), 0)::bigint AS total FROM item_counts c "
    "WHERE c.tenant_id = $1::uuid AND c.warehouse = $2::bigint AND c.status = ANY($3::bigint[])) AS t "
    "LEFT JOIN LATERAL (SELECT p.sku FROM unnest($3::bigint[]) AS s(status) CROSS JOIN LATERAL ("
    "SELECT q.sku FROM item_places q WHERE q.tenant_id = $1::uuid AND q.warehouse = $2::bigint "
    "AND q.status = s.status AND q.sku > $4::text ORDER BY q.sku LIMIT $5::bigint) AS p "
    "ORDER BY p.sku LIMIT $5::bigint) AS page ON true "
    "LEFT JOIN items i ON i.tenant_id = $1::uuid AND i.sku = page.sku ORDER BY i.sku"};

const Statement history{
    "history",
    "SELECT sequence, at, warehouse, quantity_before, quantity_after, version, reason, note, created_by "
    "FROM adjustments WHERE tenant_id = $1::uuid AND sku = $2::text AND sequence < $3::bigint "
    "AND at >= $4::timestamptz AND at <= $5::timestamptz "
    "AND ($6::bigint IS NULL OR warehouse = $6::bigint) AND ($7::text IS NULL OR reason = $7::text) "
    "ORDER BY sequence DESC LIMIT $8::bigint"};

const Statement reservations_by_id{
    "reservations_by_id", "SELECT " RESERVATION_COLUMNS
                          " FROM reservations r WHERE r.tenant_id = $1::uuid AND r.id = ANY($2::uuid[])"};

const Statement reservations_newest{
    "reservations_newest",
    "SELECT " RESERVATION_COLUMNS
    " FROM unnest($2::bigint[]) AS s(status) CROSS JOIN LATERAL (SELECT q.* FROM reservations q "
    "WHERE q.tenant_id = $1::uuid AND q.status = s.status AND q.id < $3::uuid "
    "ORDER BY q.id DESC LIMIT $4::bigint) AS r ORDER BY r.id DESC LIMIT $4::bigint"};

const Statement reservations_of_sku{
    "reservations_of_sku",
    "SELECT " RESERVATION_COLUMNS
    " FROM reservation_skus s JOIN reservations r ON r.tenant_id = s.tenant_id AND r.id = s.reservation_id "
    "WHERE s.tenant_id = $1::uuid AND s.sku = $5::text AND s.reservation_id < $3::uuid "
    "AND r.status = ANY($2::bigint[]) AND ($6::text IS NULL OR r.reference = $6::text) "
    "ORDER BY s.reservation_id DESC LIMIT $4::bigint"};

const Statement reservations_referenced{
    "reservations_referenced",
    "SELECT " RESERVATION_COLUMNS
    " FROM reservations r WHERE r.tenant_id = $1::uuid AND r.reference = $5::text AND r.id < $3::uuid "
    "AND r.status = ANY($2::bigint[]) ORDER BY r.id DESC LIMIT $4::bigint"};

const Statement keys_by_digest{"keys_by_digest",
                               "SELECT " KEY_COLUMNS " FROM api_keys WHERE digest = ANY($1::bytea[])"};
const Statement all_tenants{"all_tenants",
                            "SELECT tenant_id, name, created_at FROM tenants ORDER BY tenant_id"};
const Statement all_keys{"all_keys", "SELECT " KEY_COLUMNS " FROM api_keys ORDER BY id"};

const Statement due_reservations{
    "due_reservations",
    "SELECT tenant_id, id FROM reservations WHERE status = 0 AND expires_at <= $1::timestamptz "
    "ORDER BY expires_at, id LIMIT $2::bigint"};
const Statement oldest_answer{"oldest_answer", "SELECT min(expires_at) FROM answers"};
const Statement forget_answers{"forget_answers", "DELETE FROM answers WHERE expires_at <= $1::timestamptz"};
const Statement ping{"ping", "SELECT pg_is_in_recovery()"};
const Statement figures{
    "figures",
    "SELECT (SELECT coalesce(sum(count), 0)::bigint FROM item_counts WHERE warehouse = -1), "
    "(SELECT count(*) FROM tenants), "
    "(SELECT count(*) FROM reservations WHERE status = 0)"};

}  // namespace nexus::store::postgres::statements
