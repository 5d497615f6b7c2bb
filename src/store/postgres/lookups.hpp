#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/postgres/queries.hpp"

namespace nexus::store::postgres {

// Somebody who asks for one item, or for one key.
struct Lookup {
  struct Answer {
    Result<std::optional<FoundItem>> item;
    Result<domain::KeyPtr> key;
  };

  virtual ~Lookup() = default;
  virtual void complete() = 0;  // gives the answer; on `executor` only

  boost::asio::any_io_executor executor;
  domain::TenantId tenant;
  std::string sku;
  std::optional<domain::KeyDigest> digest;  // of a key, in place of an item
  Answer answer;
};

using LookupPtr = std::unique_ptr<Lookup>;

// Gathers lookups into statements: what comes while others are under way goes together with the next, what is
// asked for twice is asked once. A few large statements cost less than many small ones, so the next one waits
// for the one before, but no longer than a database nearby takes. Each lookup is still answered by a
// statement that began after it came. On the io_context's one thread.
class Lookups {
 public:
  // All must outlive it.
  Lookups(boost::asio::io_context& context, Pool& pool, WarehouseCache& cache, Queries& queries)
      : context_(context), pool_(pool), cache_(cache), queries_(queries), to_overtake_(context) {}

  void submit(std::vector<LookupPtr> lookups);

 private:
  void pump();
  void send_batch();
  void overtake_when_late();
  Awaitable<void> run(std::vector<LookupPtr> batch);
  Awaitable<void> answer_items(const Rows& rows, std::vector<Lookup*> asking);

  boost::asio::io_context& context_;
  Pool& pool_;
  WarehouseCache& cache_;
  Queries& queries_;
  std::vector<LookupPtr> waiting_;
  std::size_t under_way_ = 0;  // batches
  std::chrono::steady_clock::time_point last_sent_at_;
  boost::asio::steady_timer to_overtake_;
  bool is_waiting_to_overtake_ = false;
};

// Hands a lookup to `submit` and waits until it is completed.
template <typename Fill, typename Submit>
Awaitable<Lookup::Answer> wait_for_lookup(Fill fill, Submit submit) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Lookup::Answer)>(
      [fill, submit](auto handler) {
        using Handler = decltype(handler);
        class Waiting final : public Lookup {
         public:
          explicit Waiting(Handler who) : handler_(std::move(who)) {
            // An executor must not run out of work while one of its coroutines waits here.
            executor = boost::asio::prefer(
                boost::asio::any_io_executor(boost::asio::get_associated_executor(handler_)),
                boost::asio::execution::outstanding_work.tracked);
          }
          void complete() override { std::move(handler_)(std::move(answer)); }

         private:
          Handler handler_;
        };
        auto lookup = std::make_unique<Waiting>(std::move(handler));
        fill(*lookup);
        submit(std::move(lookup));
      },
      boost::asio::use_awaitable);
}

}  // namespace nexus::store::postgres
