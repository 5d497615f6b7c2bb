#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/store.hpp"

namespace nexus::store {

// One call of execute() on its way: what was asked, then what came of it, and who waits for it.
class Operation {
 public:
  Operation(domain::Command what, std::optional<Idempotency> key, boost::asio::any_io_executor where);
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  // Gives the result to who waits. On `executor` only; the operation is spent then.
  virtual void complete() = 0;

  domain::Command command;
  std::optional<Idempotency> idempotency;
  boost::asio::any_io_executor executor;
  Result<Executed> result;
  std::size_t bytes;  // about what it holds in memory
};

using OperationPtr = std::unique_ptr<Operation>;

// Completes each on its own executor, with one wake-up for all that share one.
template <typename Waiting>
void complete_all(std::vector<std::unique_ptr<Waiting>> waiting) {
  while (!waiting.empty()) {
    const auto executor = waiting.front()->executor;
    const auto others = std::ranges::stable_partition(
        waiting, [&](const std::unique_ptr<Waiting>& each) { return each->executor == executor; });
    std::vector<std::unique_ptr<Waiting>> rest(std::make_move_iterator(others.begin()),
                                               std::make_move_iterator(others.end()));
    waiting.erase(others.begin(), others.end());
    boost::asio::post(executor, [mine = std::move(waiting)]() mutable {
      for (auto& each : mine) std::exchange(each, nullptr)->complete();
    });
    waiting = std::move(rest);
  }
}

// Hands an operation to `submit`, and waits until it is completed.
template <typename Submit>
Awaitable<Result<Executed>> wait_for_operation(domain::Command command,
                                               std::optional<Idempotency> idempotency, Submit submit) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result<Executed>)>(
      [submit](auto handler, domain::Command what, std::optional<Idempotency> key) {
        using Handler = decltype(handler);
        class Waiting final : public Operation {
         public:
          Waiting(Handler who, domain::Command command_, std::optional<Idempotency> key_)
              : Operation(std::move(command_), std::move(key_), boost::asio::get_associated_executor(who)),
                handler_(std::move(who)) {}
          void complete() override { std::move(handler_)(std::move(result)); }

         private:
          Handler handler_;
        };
        submit(std::make_unique<Waiting>(std::move(handler), std::move(what), std::move(key)));
      },
      boost::asio::use_awaitable, std::move(command), std::move(idempotency));
}

}  // namespace nexus::store
