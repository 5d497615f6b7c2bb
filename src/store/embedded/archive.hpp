#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "domain/view.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/reservation_book.hpp"
#include "store/queries.hpp"

namespace nexus::store::embedded {

// What has left the memory: closed reservations and kept answers, in their column families. Any thread.
class Archive {
 public:
  // The clock must outlive it.
  Archive(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Null when there is none.
  domain::Result<domain::ReservationPtr> find_reservation(domain::TenantId tenant,
                                                          domain::ReservationId id) const;

  // Up to `limit` closed ones that match, newest first.
  domain::Result<std::vector<domain::ReservationPtr>> list_reservations(domain::TenantId tenant,
                                                                        const ReservationQuery& query,
                                                                        std::size_t limit) const;

  // Null when there is none, or it has expired.
  domain::Result<domain::AnswerPtr> find_answer(domain::TenantId tenant, std::string_view key) const;

  // The keys and values under which a closed reservation is found, for a checkpoint to write.
  static void add_entries(domain::TenantId tenant, const domain::Reservation& reservation,
                          std::vector<std::pair<std::string, std::string>>& entries);

 private:
  static domain::Result<domain::ReservationPtr> find_reservation(const Database::Use& opened,
                                                                 domain::TenantId tenant,
                                                                 domain::ReservationId id);

  Database& database_;
  const Clock& clock_;
};

}  // namespace nexus::store::embedded
