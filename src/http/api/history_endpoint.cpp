#include <charconv>
#include <memory>
#include <stdexcept>
#include <utility>

#include "domain/text_rules.hpp"
#include "http/api/endpoints.hpp"
#include "http/api/json_text.hpp"
#include "http/api/query_parameters.hpp"
#include "http/api/record_json.hpp"
#include "service/cursor.hpp"

namespace nexus::http {

namespace {

using domain::Result;

// Adjustments read for one piece of a stream.
constexpr std::size_t stream_batch = 256;

// The whole history of a SKU as one JSON document, made while it is sent.
class HistoryStream final : public BodyStream {
 public:
  explicit HistoryStream(std::unique_ptr<store::Store::AdjustmentReader> reader)
      : reader_(std::move(reader)) {}

  boost::asio::awaitable<bool> next(std::string& chunk) override {
    JsonText out(chunk);
    if (is_at_start_) out.raw("{\"data\":[");
    auto visit = [&](const store::Adjustment& adjustment) {
      if (!is_at_start_) out.raw(",");
      is_at_start_ = false;
      append_adjustment(out, adjustment, reader_->warehouses(), AdjustmentForm::history);
    };
    const auto count = co_await reader_->read(stream_batch, visit);
    // The status is long sent: cutting the connection is the only way left to say that something is missing.
    if (!count) throw std::runtime_error("history stream: " + told_to_host(count.error()));
    is_at_start_ = false;
    if (*count == stream_batch) co_return true;
    out.raw("]}");
    co_return false;
  }

 private:
  std::unique_ptr<store::Store::AdjustmentReader> reader_;
  bool is_at_start_ = true;
};

Result<std::optional<domain::Time>> read_date(const QueryParameters& parameters, std::string_view name,
                                              domain::DayEdge edge) {
  const auto text = parameters.find(name);
  if (!text) return std::nullopt;
  const auto time = domain::parse_time(*text, edge);
  if (!time)
    return refuse_parameter(name, "must be an RFC 3339 time such as 2026-03-12T14:00:00.000Z, or a date");
  return time;
}

std::string filter_of(const QueryParameters& parameters, std::string_view sku) {
  std::string filter = "adjustments";
  filter += '\0';
  filter += sku;
  for (const std::string_view name : {"start_date", "end_date", "warehouse_id", "reason"}) {
    filter += '\0';
    filter += parameters.find(name).value_or("");
  }
  return filter;
}

Result<std::uint64_t> read_position(std::string_view cursor, domain::TenantId tenant,
                                    std::string_view filter) {
  const auto position = service::read_cursor(cursor, tenant, filter);
  if (!position) return std::unexpected(position.error());
  std::uint64_t sequence = 0;
  std::from_chars(position->data(), position->data() + position->size(), sequence);
  return sequence;
}

Result<void> read_period(const QueryParameters& parameters, store::AdjustmentQuery& query) {
  const auto from = read_date(parameters, "start_date", domain::DayEdge::start);
  if (!from) return std::unexpected(from.error());
  const auto to = read_date(parameters, "end_date", domain::DayEdge::end);
  if (!to) return std::unexpected(to.error());
  if (*from && *to && **from > **to) return refuse_parameter("start_date", "must not be after end_date");
  query.from = *from;
  query.to = *to;
  return {};
}

struct HistoryRequest {
  store::AdjustmentQuery query;
  std::optional<std::size_t> limit;  // none: stream everything
};

Result<HistoryRequest> read_history_request(const QueryParameters& parameters, const Call& call) {
  HistoryRequest history;
  history.query.sku = call.segment;
  const auto limit = parameters.limit();
  if (!limit) return std::unexpected(limit.error());
  history.limit = *limit;
  if (auto period = read_period(parameters, history.query); !period)
    return std::unexpected(std::move(period.error()));
  if (const auto reason = parameters.find("reason")) {
    if (auto ok = domain::check_reason("query parameter reason", *reason); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    history.query.reason = std::string(*reason);
  }
  if (const auto cursor = parameters.find("cursor")) {
    if (!history.limit) return refuse_parameter("cursor", "goes with limit");
    const auto position = read_position(*cursor, call.tenant(), filter_of(parameters, call.segment));
    if (!position) return std::unexpected(position.error());
    history.query.before_sequence = *position;
  }
  if (const auto id = parameters.find("warehouse_id")) {
    // One that is no id is looked up all the same, so that an unknown SKU is still told first.
    history.query.warehouse = domain::WarehouseId::parse(*id).value_or(domain::WarehouseId{});
  }
  return history;
}

store::Awaitable<Result<void>> answer_page(Call& call, store::Store::AdjustmentReader& reader,
                                           std::size_t limit, std::string filter) {
  std::size_t count = 0;
  std::uint64_t last_sequence = 0;
  std::optional<Result<std::size_t>> read;
  {
    JsonText out(call.response.body());
    out.raw("{\"data\":[");
    auto visit = [&](const store::Adjustment& adjustment) {
      // One more than asked for tells whether there is another page.
      if (count++ == limit) return;
      if (count > 1) out.raw(",");
      append_adjustment(out, adjustment, reader.warehouses(), AdjustmentForm::history);
      last_sequence = adjustment.sequence;
    };
    read = co_await reader.read(limit + 1, visit);
    out.raw("],\"meta\":{\"limit\":").number(limit).raw(",\"nextCursor\":");
    if (count > limit) {
      out.string(service::make_cursor(call.tenant(), filter, std::to_string(last_sequence)));
    } else {
      out.raw("null");
    }
    out.raw("}}");
  }
  if (!*read) {
    call.response.clear_body();
    co_return std::unexpected(read->error());
  }
  co_return Result<void>{};
}

}  // namespace

Endpoints::Answer Endpoints::list_adjustments(Call& call) {
  const auto parameters = QueryParameters::read(
      call.request.query, {"start_date", "end_date", "warehouse_id", "reason", "limit", "cursor"});
  if (!parameters) co_return std::unexpected(parameters.error());
  auto history = read_history_request(*parameters, call);
  if (!history) co_return std::unexpected(std::move(history.error()));
  auto reader = co_await store_.adjustments(call.tenant(), std::move(history->query));
  if (!reader && reader.error().code == domain::ErrorCode::warehouse_not_found) {
    co_return domain::fail(
        domain::ErrorCode::warehouse_not_found,
        "warehouse \"" + std::string(*parameters->find("warehouse_id")) + "\" does not exist");
  }
  if (!reader) co_return std::unexpected(std::move(reader.error()));
  call.response.content_type("application/json");
  if (history->limit) {
    co_return co_await answer_page(call, **reader, *history->limit, filter_of(*parameters, call.segment));
  }
  call.response.stream(std::make_unique<HistoryStream>(std::move(*reader)));
  co_return Result<void>{};
}

}  // namespace nexus::http
