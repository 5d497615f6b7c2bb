#include "service/host/admin.hpp"

#include <array>
#include <limits>
#include <optional>
#include <simdjson.h>
#include <vector>

#include "service/host/access_admin.hpp"
#include "service/host/export.hpp"
#include "service/host/import.hpp"
#include "service/host/verify_report.hpp"
#include "service/json_writer.hpp"
#include "service/log.hpp"
#include "store/wait.hpp"

namespace nexus::service {

namespace {

using domain::ErrorCode;
using domain::fail;
using domain::Result;
using simdjson::dom::element;
using simdjson::dom::object;

std::unexpected<domain::Error> refuse(std::string_view field, std::string_view rule) {
  return fail(ErrorCode::validation_error, std::string(field) + " " + std::string(rule));
}

// A field that must be there.
Result<std::string> text(object request, std::string_view field) {
  std::string_view value;
  if (request[field].get(value) != simdjson::SUCCESS) return refuse(field, "must be a string");
  return std::string(value);
}

// A field that may be absent.
Result<std::optional<std::int64_t>> number(object request, std::string_view field) {
  element value;
  if (request[field].get(value) == simdjson::NO_SUCH_FIELD) return std::nullopt;
  std::int64_t parsed = 0;
  if (value.get(parsed) != simdjson::SUCCESS) return refuse(field, "must be an integer");
  return parsed;
}

bool flag(object request, std::string_view field) {
  bool value = false;
  return request[field].get(value) == simdjson::SUCCESS && value;
}

Result<std::vector<domain::Scope>> scopes(object request) {
  simdjson::dom::array names;
  if (request["scopes"].get(names) != simdjson::SUCCESS) return refuse("scopes", "must be an array");
  std::vector<domain::Scope> parsed;
  for (const element entry : names) {
    std::string_view name;
    const auto scope =
        entry.get(name) == simdjson::SUCCESS ? domain::parse_scope(name) : std::optional<domain::Scope>();
    if (!scope) {
      return refuse("scopes",
                    "must be of inventory:read, inventory:write, inventory:admin, inventory:sync and *");
    }
    if (std::ranges::find(parsed, *scope) == parsed.end()) parsed.push_back(*scope);
  }
  return parsed;
}

void write_scopes(JsonWriter& json, const domain::ApiKey& key) {
  json.key("scopes").begin_array();
  for (const auto scope : key.scopes) json.value(domain::name(scope));
  json.end_array();
}

void write_key(JsonWriter& json, const domain::ApiKey& key) {
  json.begin_object();
  json.field("id", key.id.text()).field("tenant_id", key.tenant.text()).field("name", key.name);
  json.field("owner", key.owner);
  write_scopes(json, key);
  json.field("created_at", key.created_at.text());
  if (key.expires_at) json.field("expires_at", key.expires_at->text());
  if (key.revoked_at) json.field("revoked_at", key.revoked_at->text());
  if (key.rate_limit_per_minute) json.field("rate_limit", *key.rate_limit_per_minute);
  json.end_object();
}

// One operation: what it is given, and the stores that it works on.
struct Call {
  store::Store& store;
  store::Maintenance& maintenance;
  object request;
  AdminStream& stream;

  store::Progress progress() const {
    return [this](std::uint64_t done, std::uint64_t total) { stream.progress(done, total); };
  }
  Result<domain::Tenant> tenant() const {
    const auto named = text(request, "tenant");
    if (!named) return std::unexpected(named.error());
    return find_tenant(store, *named);
  }
  Result<RowFormat> format() const {
    const auto named = text(request, "format");
    if (!named) return std::unexpected(named.error());
    const auto format = parse_row_format(*named);
    if (!format) return refuse("format", "must be csv or ndjson");
    return *format;
  }
};

// tenant.create: name → {id, name}
Result<std::string> tenant_create(const Call& call) {
  auto name = text(call.request, "name");
  if (!name) return std::unexpected(std::move(name.error()));
  const auto tenant = create_tenant(call.store, std::move(*name));
  if (!tenant) return std::unexpected(tenant.error());
  std::string out;
  JsonWriter(out).begin_object().field("id", tenant->id.text()).field("name", tenant->name).end_object();
  return out;
}

// tenant.list → [{id, name, created_at}], oldest first
Result<std::string> tenant_list(const Call& call) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& tenant : store::wait(call.store.tenants())) {
    json.begin_object().field("id", tenant.id.text()).field("name", tenant.name);
    json.field("created_at", tenant.created_at.text()).end_object();
  }
  json.end_array();
  return out;
}

// key.create: tenant, name, owner, scopes, expires_in_seconds?, rate_limit? → {id, key, tenant_id, scopes,
// owner}
Result<std::string> key_create(const Call& call) {
  const auto tenant = call.tenant();
  if (!tenant) return std::unexpected(tenant.error());
  auto name = text(call.request, "name");
  if (!name) return std::unexpected(std::move(name.error()));
  auto owner = text(call.request, "owner");
  if (!owner) return std::unexpected(std::move(owner.error()));
  auto wanted_scopes = scopes(call.request);
  if (!wanted_scopes) return std::unexpected(std::move(wanted_scopes.error()));
  const auto expires = number(call.request, "expires_in_seconds");
  if (!expires) return std::unexpected(expires.error());
  const auto rate_limit = number(call.request, "rate_limit");
  if (!rate_limit) return std::unexpected(rate_limit.error());
  NewKey wanted{.tenant = tenant->id,
                .name = std::move(*name),
                .owner = std::move(*owner),
                .scopes = std::move(*wanted_scopes),
                .expires_in_seconds = *expires,
                .rate_limit_per_minute = std::nullopt};
  if (const std::optional<std::int64_t> per_minute = *rate_limit) {
    if (*per_minute < 0 || *per_minute > std::numeric_limits<std::uint32_t>::max()) {
      return refuse("rate_limit", "must be from 0 to 4294967295 requests a minute");
    }
    wanted.rate_limit_per_minute = static_cast<std::uint32_t>(*per_minute);
  }
  const auto created = create_key(call.store, wanted);
  if (!created) return std::unexpected(created.error());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("id", created->key.id.text()).field("key", created->text);
  json.field("tenant_id", created->key.tenant.text());
  write_scopes(json, created->key);
  json.field("owner", created->key.owner).end_object();
  return out;
}

// key.list: tenant? → [{id, tenant_id, name, owner, scopes, created_at, expires_at?, revoked_at?,
// rate_limit?}], oldest first
Result<std::string> key_list(const Call& call) {
  std::optional<domain::TenantId> of;
  if (element named; call.request["tenant"].get(named) == simdjson::SUCCESS) {
    const auto tenant = call.tenant();
    if (!tenant) return std::unexpected(tenant.error());
    of = tenant->id;
  }
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& key : store::wait(call.store.keys(of))) write_key(json, key);
  json.end_array();
  return out;
}

// key.revoke: id → the key as key.list gives it
Result<std::string> key_revoke(const Call& call) {
  const auto id = text(call.request, "id");
  if (!id) return std::unexpected(id.error());
  const auto key = revoke_key(call.store, *id);
  if (!key) return std::unexpected(key.error());
  std::string out;
  JsonWriter json(out);
  write_key(json, *key);
  return out;
}

// import: tenant, format, create_warehouses?; reads its input from the stream → {rows, items_created,
// items_changed, warehouses_created, levels_adjusted, rows_unchanged, bad_lines, errors: [{line, message}]}
Result<std::string> import(const Call& call) {
  const auto tenant = call.tenant();
  if (!tenant) return std::unexpected(tenant.error());
  const auto format = call.format();
  if (!format) return std::unexpected(format.error());
  const ImportOptions options{.tenant = tenant->id,
                              .actor = "import",
                              .format = *format,
                              .create_warehouses = flag(call.request, "create_warehouses")};
  const auto report = import_stock(
      call.store, options, [&](std::string& buffer) { return call.stream.read(buffer); }, call.progress());
  if (!report) return std::unexpected(report.error());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("rows", report->rows).field("items_created", report->items_created);
  json.field("items_changed", report->items_changed).field("warehouses_created", report->warehouses_created);
  json.field("levels_adjusted", report->levels_adjusted).field("rows_unchanged", report->rows_unchanged);
  json.field("bad_lines", report->bad_lines).key("errors").begin_array();
  for (const auto& bad : report->first_bad_lines) {
    json.begin_object().field("line", bad.line).field("message", bad.message).end_object();
  }
  json.end_array().end_object();
  return out;
}

// export: tenant, format; writes its output to the stream → {items, rows}
Result<std::string> export_(const Call& call) {
  const auto tenant = call.tenant();
  if (!tenant) return std::unexpected(tenant.error());
  const auto format = call.format();
  if (!format) return std::unexpected(format.error());
  const auto report = export_stock(
      call.store, tenant->id, *format, [&](std::string_view piece) { return call.stream.write(piece); },
      call.progress());
  if (!report) return std::unexpected(report.error());
  std::string out;
  JsonWriter(out).begin_object().field("items", report->items).field("rows", report->rows).end_object();
  return out;
}

// backup: destination (absolute) → {destination}
Result<std::string> backup(const Call& call) {
  const auto destination = text(call.request, "destination");
  if (!destination) return std::unexpected(destination.error());
  if (const auto done = call.maintenance.backup(*destination, call.progress()); !done)
    return std::unexpected(done.error());
  std::string out;
  JsonWriter(out).begin_object().field("destination", *destination).end_object();
  return out;
}

Result<std::string> verify(const Call& call) {
  const auto report = call.maintenance.verify(call.progress());
  if (!report) return std::unexpected(report.error());
  return to_json(*report);
}

struct Operation {
  std::string_view name;
  Result<std::string> (*run)(const Call& call);
};

constexpr std::array<Operation, 9> operations = {{{"tenant.create", tenant_create},
                                                  {"tenant.list", tenant_list},
                                                  {"key.create", key_create},
                                                  {"key.list", key_list},
                                                  {"key.revoke", key_revoke},
                                                  {"import", import},
                                                  {"export", export_},
                                                  {"backup", backup},
                                                  {"verify", verify}}};

}  // namespace

Result<std::string> AdminApi::handle(std::string_view request, AdminStream& stream) {
  simdjson::dom::parser parser(admin_request_bytes_max);
  object fields;
  std::string_view op;
  if (parser.parse(request.data(), request.size()).get(fields) != simdjson::SUCCESS ||
      fields["op"].get(op) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_json, "the request is not a JSON object with an \"op\"");
  }
  for (const auto& operation : operations) {
    if (operation.name != op) continue;
    Result<std::string> result;
    try {
      result =
          operation.run({.store = store_, .maintenance = maintenance_, .request = fields, .stream = stream});
    } catch (const store::Unavailable& unavailable) {
      result = std::unexpected(unavailable.error);
    }
    log_event(LogLevel::info, "admin_request",
              {{"op", op}, {"outcome", result ? std::string_view("ok") : domain::name(result.error().code)}});
    return result;
  }
  return fail(ErrorCode::validation_error, "there is no operation \"" + std::string(op) + "\"");
}

}  // namespace nexus::service
