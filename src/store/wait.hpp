#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "store/store.hpp"

namespace nexus::store {

// Runs one awaitable to its end on the calling thread and returns its value; rethrows what it throws. For the
// command line and for tests; never on a thread that serves an io_context.
template <typename T>
T wait(Awaitable<T> work) {
  boost::asio::io_context context(1);
  std::optional<T> value;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& thrown, T result) {
    if (thrown) {
      failure = thrown;
    } else {
      value.emplace(std::move(result));
    }
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
  if (!value) throw std::logic_error("an awaitable ended without a value");
  return std::move(*value);
}

}  // namespace nexus::store
