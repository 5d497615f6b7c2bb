#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "http/api/endpoints.hpp"
#include "http/api/error_json.hpp"
#include "http/api/json_text.hpp"
#include "http/api/preconditions.hpp"
#include "http/api/query_parameters.hpp"
#include "http/api/record_json.hpp"
#include "http/api/request_bodies.hpp"
#include "service/sha256.hpp"

namespace nexus::http {

namespace {

using domain::Result;

constexpr std::size_t idempotency_key_bytes_max = 255;

// Of all that makes two requests the same: what is done, to what, with which body.
service::Sha256Digest fingerprint_of(const Request& request) {
  // Sizes keep the end of one part from passing for the beginning of the next.
  const auto size_of = [](std::string_view part) {
    return std::bit_cast<std::array<char, sizeof(std::uint64_t)>>(std::uint64_t{part.size()});
  };
  const auto if_match = request.header("If-Match");
  const std::array sizes = {size_of(request.method), size_of(request.path), size_of(if_match),
                            size_of(request.body)};
  const auto text_of = [](const auto& bytes) { return std::string_view(bytes.data(), bytes.size()); };
  return service::sha256_of({text_of(sizes[0]), request.method, text_of(sizes[1]), request.path,
                             text_of(sizes[2]), if_match, text_of(sizes[3]), request.body});
}

Result<std::optional<std::string>> read_idempotency_key(const Request& request) {
  if (!request.has_header("Idempotency-Key")) return std::nullopt;
  const auto key = request.header("Idempotency-Key");
  const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
  if (request.header_count("Idempotency-Key") > 1 || key.empty() || key.size() > idempotency_key_bytes_max ||
      !std::all_of(key.begin(), key.end(), is_visible)) {
    return domain::fail(domain::ErrorCode::validation_error,
                        "header Idempotency-Key must be given once, as 1 to 255 visible ASCII characters",
                        domain::Fact{"header", "Idempotency-Key"});
  }
  return std::string(key);
}

void send(Response& response, unsigned status, std::string_view etag) {
  response.status(status);
  response.content_type("application/json");
  if (!etag.empty()) response.header("ETag", etag);
}

void answer_with_record(const store::Executed& executed, WriteAnswer& answer) {
  const auto& record = std::get<domain::RecordOutcome>(executed.outcome);
  answer.etag = etag_of(record.item.version);
  JsonText out(answer.body);
  out.raw("{\"data\":");
  append_record(out, record.item, *record.warehouses, RecordForm::detail);
  if (record.adjustment) {
    out.raw(",\"meta\":{\"adjustment\":");
    append_adjustment(out, adjustment_of(*executed.commit, *record.adjustment), *record.warehouses,
                      AdjustmentForm::applied);
    out.raw("}");
  }
  out.raw("}");
}

void answer_with_new_record(const store::Executed& executed, WriteAnswer& answer) {
  answer.status = 201;
  answer_with_record(executed, answer);
}

void answer_without_content(const store::Executed&, WriteAnswer& answer) {
  answer.status = 204;
}

void append_update_error(JsonText& out, const domain::UpdateError& error) {
  out.raw("{\"index\":").number(error.index);
  out.raw(",\"sku\":").string(error.sku);
  out.raw(",\"warehouse_id\":").string(error.warehouse_id);
  out.raw(",\"error\":");
  append_error_cause(out, error.code, error.message);
  out.raw("}");
}

void answer_with_updates(const store::Executed& executed, WriteAnswer& answer) {
  const auto& outcome = std::get<domain::UpdatesOutcome>(executed.outcome);
  JsonText out(answer.body);
  out.raw("{\"data\":[");
  bool is_first = true;
  for (const auto& result : outcome.results) {
    if (!is_first) out.raw(",");
    is_first = false;
    if (const auto* event = std::get_if<std::size_t>(&result)) {
      append_adjustment(out, adjustment_of(*executed.commit, *event), *outcome.warehouses,
                        AdjustmentForm::applied);
    } else {
      append_update_error(out, std::get<domain::UpdateError>(result));
    }
  }
  out.raw("],\"meta\":{\"updated\":").number(outcome.updated).raw("}}");
}

void answer_with_warehouse(const store::Executed& executed, WriteAnswer& answer) {
  JsonText out(answer.body);
  out.raw("{\"data\":");
  append_warehouse(out, std::get<domain::Warehouse>(executed.outcome));
  out.raw("}");
}

void answer_with_new_warehouse(const store::Executed& executed, WriteAnswer& answer) {
  answer.status = 201;
  answer_with_warehouse(executed, answer);
}

void answer_with_reservation(const store::Executed& executed, WriteAnswer& answer) {
  const auto& outcome = std::get<domain::ReservationOutcome>(executed.outcome);
  JsonText out(answer.body);
  out.raw("{\"data\":");
  append_reservation(out, *outcome.reservation, *outcome.warehouses);
  out.raw("}");
}

void answer_with_new_reservation(const store::Executed& executed, WriteAnswer& answer) {
  answer.status = 201;
  answer_with_reservation(executed, answer);
}

// No write takes query parameters; `read_body` runs only when there are none.
template <typename Read>
Result<domain::Request> without_parameters(const Request& request, Read&& read_body) {
  if (const auto none = QueryParameters::read(request.query, {}); !none) return std::unexpected(none.error());
  return read_body();
}

// Likewise for writes to an item, with the versions that the caller accepts.
template <typename Read>
Result<domain::Request> with_if_match(const Request& request, Read&& read_body) {
  return without_parameters(request, [&]() -> Result<domain::Request> {
    auto versions = read_if_match(request);
    if (!versions) return std::unexpected(std::move(versions.error()));
    return read_body(std::move(*versions));
  });
}

}  // namespace

Endpoints::Answer Endpoints::write(Call& call, Result<domain::Request> request, WriteAnswerFunction answer) {
  if (!request) co_return std::unexpected(std::move(request.error()));
  auto key = read_idempotency_key(call.request);
  if (!key) co_return std::unexpected(std::move(key.error()));
  std::optional<store::Idempotency> idempotency;
  if (*key) {
    idempotency.emplace(store::Idempotency{
        .key = std::move(**key),
        .fingerprint = fingerprint_of(call.request),
        .render =
            [answer](const store::Executed& executed) {
              store::RenderedAnswer rendered;
              WriteAnswer written{.etag = {}, .body = rendered.body};
              answer(executed, written);
              rendered.status = static_cast<std::uint16_t>(written.status);
              rendered.etag = std::move(written.etag);
              return rendered;
            },
    });
  }
  domain::Command command{
      .tenant = call.tenant(), .actor = call.principal->owner, .request = std::move(*request)};
  const auto executed = co_await store_.execute(std::move(command), std::move(idempotency));
  if (!executed) co_return std::unexpected(executed.error());
  if (executed->answer) {
    call.response.body() += executed->answer->body;
    send(call.response, executed->answer->status, executed->answer->etag);
    if (executed->is_replay) call.response.header("Idempotent-Replayed", "true");
  } else {
    WriteAnswer written{.etag = {}, .body = call.response.body()};
    answer(*executed, written);
    send(call.response, written.status, written.etag);
  }
  co_return Result<void>{};
}

Endpoints::Answer Endpoints::create_item(Call& call) {
  return write(call, without_parameters(call.request, [&] { return read_new_item(call.request.body); }),
               answer_with_new_record);
}

Endpoints::Answer Endpoints::update_item(Call& call) {
  return write(call,
               with_if_match(call.request,
                             [&](domain::AcceptedVersions versions) {
                               return read_item_change(call.request.body, call.segment, std::move(versions));
                             }),
               answer_with_record);
}

Endpoints::Answer Endpoints::delete_item(Call& call) {
  return write(call,
               with_if_match(call.request,
                             [&](domain::AcceptedVersions versions) -> Result<domain::Request> {
                               return domain::DeleteItem{.sku = call.segment,
                                                         .if_match = std::move(versions)};
                             }),
               answer_without_content);
}

Endpoints::Answer Endpoints::update_inventory(Call& call) {
  return write(call,
               with_if_match(call.request,
                             [&](domain::AcceptedVersions versions) {
                               return read_level_update(call.request.body, call.segment, std::move(versions));
                             }),
               answer_with_record);
}

Endpoints::Answer Endpoints::bulk_update_inventory(Call& call) {
  return write(call, without_parameters(call.request, [&] { return read_bulk_update(call.request.body); }),
               answer_with_updates);
}

Endpoints::Answer Endpoints::sync_inventory(Call& call) {
  return write(call, without_parameters(call.request, [&] { return read_sync(call.request.body); }),
               answer_with_updates);
}

Endpoints::Answer Endpoints::create_warehouse(Call& call) {
  return write(call, without_parameters(call.request, [&] { return read_new_warehouse(call.request.body); }),
               answer_with_new_warehouse);
}

Endpoints::Answer Endpoints::update_warehouse(Call& call) {
  return write(call,
               without_parameters(call.request,
                                  [&] { return read_warehouse_change(call.request.body, call.segment); }),
               answer_with_warehouse);
}

Endpoints::Answer Endpoints::create_reservation(Call& call) {
  return write(call,
               without_parameters(call.request, [&] { return read_new_reservation(call.request.body); }),
               answer_with_new_reservation);
}

Endpoints::Answer Endpoints::ship_reservation(Call& call) {
  return write(
      call, without_parameters(call.request, [&] { return read_shipment(call.request.body, call.segment); }),
      answer_with_reservation);
}

Endpoints::Answer Endpoints::release_reservation(Call& call) {
  return write(
      call, without_parameters(call.request, [&] { return read_release(call.request.body, call.segment); }),
      answer_with_reservation);
}

}  // namespace nexus::http
