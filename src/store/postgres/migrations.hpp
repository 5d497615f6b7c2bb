#pragma once

#include <array>
#include <string_view>

namespace nexus::store::postgres {

// The tables, as numbered steps; number 1 comes first. A step that was ever released is never changed.
//
// Every table is led by tenant_id and no key, sequence or reference crosses tenants, so that Citus can
// distribute all of them by it. Nothing here knows a rule about stock: the unique indexes only make two
// transactions that make the same thing at once notice each other.
inline constexpr std::array<std::string_view, 1> migrations = {R"sql(
CREATE TABLE tenants (
  tenant_id uuid PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE api_keys (
  tenant_id uuid,
  id uuid,
  digest bytea NOT NULL,
  name text NOT NULL,
  owner text NOT NULL,
  scopes bigint[] NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  rate_limit_per_minute bigint,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_id ON api_keys (id);

-- `revision` counts the changes of a tenant's warehouses; each row has that of its own last change.
CREATE TABLE warehouses (
  tenant_id uuid,
  number integer,
  id uuid NOT NULL,
  name text NOT NULL,
  type smallint NOT NULL,
  address text,
  marketplace text,
  is_active boolean NOT NULL,
  revision bigint NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
CREATE INDEX warehouses_revision ON warehouses (tenant_id, revision);

-- `levels` holds, for each warehouse in the order of their numbers: number, on hand, reserved, and the
-- milliseconds since 1970 of the last change. `sequence` is that of the last commit that touched the item,
-- `warehouses_revision` that of the tenant's warehouses at that moment.
CREATE TABLE items (
  tenant_id uuid,
  sku text COLLATE "C",
  title text NOT NULL,
  safety_stock bigint NOT NULL,
  low_threshold bigint NOT NULL,
  critical_threshold bigint NOT NULL,
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  is_deleted boolean NOT NULL,
  status smallint NOT NULL,
  levels bigint[] NOT NULL,
  sequence bigint NOT NULL,
  warehouses_revision bigint NOT NULL,
  PRIMARY KEY (tenant_id, sku)
) WITH (fillfactor = 80);

-- Where an item stands in the lists: once under warehouse -1, which is the list of all, and once under each
-- warehouse that it has a level in.
CREATE TABLE item_places (
  tenant_id uuid,
  warehouse integer,
  status smallint,
  sku text COLLATE "C",
  PRIMARY KEY (tenant_id, warehouse, status, sku)
);

-- How many rows item_places has of each kind: the sum over all slots. Transactions that run at the same time
-- mostly have a slot each.
CREATE TABLE item_counts (
  tenant_id uuid,
  warehouse integer,
  status smallint,
  slot smallint,
  count bigint NOT NULL,
  PRIMARY KEY (tenant_id, warehouse, status, slot)
) WITH (fillfactor = 50);

CREATE TABLE adjustments (
  tenant_id uuid,
  sku text COLLATE "C",
  sequence bigint,
  at timestamptz NOT NULL,
  warehouse integer NOT NULL,
  quantity_before bigint NOT NULL,
  quantity_after bigint NOT NULL,
  version bigint NOT NULL,
  reason text NOT NULL,
  note text,
  created_by text NOT NULL,
  PRIMARY KEY (tenant_id, sku, sequence)
);

-- The lines are three arrays of one length. Status 0 is held.
CREATE TABLE reservations (
  tenant_id uuid,
  id uuid,
  reference text COLLATE "C" NOT NULL,
  status smallint NOT NULL,
  line_skus text[] COLLATE "C" NOT NULL,
  line_warehouses bigint[] NOT NULL,
  line_quantities bigint[] NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  closed_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX reservations_held ON reservations (tenant_id, reference) WHERE status = 0;
CREATE INDEX reservations_reference ON reservations (tenant_id, reference, id);
CREATE INDEX reservations_status ON reservations (tenant_id, status, id);
CREATE INDEX reservations_due ON reservations (expires_at) WHERE status = 0;

CREATE TABLE reservation_skus (
  tenant_id uuid,
  sku text COLLATE "C",
  reservation_id uuid,
  PRIMARY KEY (tenant_id, sku, reservation_id)
);

-- The answers to requests that came with an idempotency key.
CREATE TABLE answers (
  tenant_id uuid,
  key bytea,
  fingerprint bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  status smallint NOT NULL,
  etag bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX answers_expiry ON answers (expires_at);

-- Nodes take sequence numbers from here in blocks. One row, of the tenant that is none.
CREATE TABLE sequence_blocks (
  tenant_id uuid PRIMARY KEY,
  next bigint NOT NULL,
  last_at timestamptz NOT NULL
);

-- How far the filling of this database from another store has come; no row where it was never filled. Where
-- `is_finished` is false nobody may serve it.
CREATE TABLE moves (
  tenant_id uuid PRIMARY KEY,
  source_sequence bigint NOT NULL,
  source_at timestamptz NOT NULL,
  part bigint NOT NULL,
  after bytea NOT NULL,
  is_finished boolean NOT NULL
);

-- Levels one a row, for people.
CREATE VIEW item_levels AS
  SELECT i.tenant_id, i.sku, w.name AS warehouse, i.levels[n + 1] AS on_hand, i.levels[n + 2] AS reserved
  FROM items i
  CROSS JOIN LATERAL generate_series(1, coalesce(array_length(i.levels, 1), 0), 4) AS n
  JOIN warehouses w ON w.tenant_id = i.tenant_id AND w.number = i.levels[n];
)sql"};

}  // namespace nexus::store::postgres
