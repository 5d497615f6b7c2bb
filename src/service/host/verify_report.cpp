#include "service/host/verify_report.hpp"

#include "service/json_writer.hpp"

namespace nexus::service {

std::string to_json(const store::VerifyReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", report.ok()).field("tenants", report.tenants);
  json.field("items", report.items).field("levels", report.levels);
  json.field("adjustments", report.adjustments).field("reservations", report.reservations);
  json.key("problems").begin_array();
  for (const auto& problem : report.problems) json.value(problem);
  json.end_array().end_object();
  return out;
}

}  // namespace nexus::service
