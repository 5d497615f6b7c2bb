// What a session is told of its socket, and when its turn is over.

#include "http/server/socket_events.hpp"

#include <array>
#include <cerrno>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "http/server/connection.hpp"
#include "http/server/worker.hpp"

namespace nexus::http::test {
namespace {

using For = WatchedSocket::For;
using Waited = WatchedSocket::Waited;

// A connection of which the test has the other end, and a loop that goes on only when it is told to.
class SocketEventsTest : public testing::Test {
 protected:
  SocketEventsTest() {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
      throw std::bad_alloc();
    }
    client = UniqueFd(sockets[0]);
    ours = UniqueFd(sockets[1]);
  }

  void go_on() {
    loop.restart();
    loop.poll();
  }
  void client_sends(std::string_view text) {
    ASSERT_EQ(::send(client.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  std::optional<Waited>& wait(WatchedSocket& socket, For what) {
    waited.reset();
    boost::asio::co_spawn(
        loop, [&, what]() -> boost::asio::awaitable<void> { waited = co_await socket.wait(what); },
        boost::asio::detached);
    go_on();
    return waited;
  }
  std::string receive(WatchedSocket& socket, std::size_t bytes_max) {
    std::string text(bytes_max, '\0');
    const ssize_t bytes = socket.receive(text);
    text.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    return text;
  }
  void fill(WatchedSocket& socket) {
    const std::string much(100'000, 'x');
    while (socket.send(much) > 0) continue;
    ASSERT_TRUE(would_block());
  }

  boost::asio::io_context loop;
  SocketEvents events{loop};
  UniqueFd client;
  UniqueFd ours;
  std::optional<Waited> waited;
};

TEST_F(SocketEventsTest, a_session_is_told_when_something_comes_and_not_before) {
  WatchedSocket socket(events, std::move(ours));
  EXPECT_FALSE(wait(socket, For::reading));
  client_sends("text");
  go_on();
  EXPECT_EQ(waited, Waited::ready);
  EXPECT_EQ(receive(socket, 100), "text");
  EXPECT_FALSE(wait(socket, For::reading)) << "all of it was received";
}

TEST_F(SocketEventsTest, what_is_left_of_what_came_is_there_after_the_next_wait) {
  WatchedSocket socket(events, std::move(ours));
  client_sends("text");
  EXPECT_EQ(wait(socket, For::reading), Waited::ready);
  EXPECT_EQ(receive(socket, 3), "tex");
  EXPECT_EQ(wait(socket, For::reading), Waited::ready);
  EXPECT_EQ(receive(socket, 3), "t");
}

TEST_F(SocketEventsTest, an_end_that_came_with_the_last_bytes_is_found) {
  WatchedSocket socket(events, std::move(ours));
  client_sends("text");
  client = UniqueFd();
  EXPECT_EQ(wait(socket, For::reading), Waited::ready);
  EXPECT_EQ(receive(socket, 100), "text");
  EXPECT_EQ(wait(socket, For::reading), Waited::ready);
  std::array<char, 10> space{};
  EXPECT_EQ(socket.receive(space), 0);
}

TEST_F(SocketEventsTest, a_client_that_has_ended_and_reads_slowly_is_waited_for_until_it_reads) {
  WatchedSocket socket(events, std::move(ours));
  ::shutdown(client.get(), SHUT_WR);
  go_on();
  fill(socket);
  EXPECT_FALSE(wait(socket, For::writing));
  std::array<char, 100'000> space{};
  while (::recv(client.get(), space.data(), space.size(), 0) > 0) continue;
  go_on();
  EXPECT_EQ(waited, Waited::ready);
}

TEST_F(SocketEventsTest, a_wait_that_is_cancelled_or_closed_ends_later_and_says_so) {
  WatchedSocket socket(events, std::move(ours));
  EXPECT_FALSE(wait(socket, For::reading));
  socket.cancel();
  EXPECT_FALSE(waited) << "who cancels may be looking through all sessions";
  go_on();
  EXPECT_EQ(waited, Waited::cancelled);
  EXPECT_FALSE(wait(socket, For::reading)) << "a wait after it is a wait";
  socket.close();
  go_on();
  EXPECT_EQ(waited, Waited::cancelled);
  EXPECT_EQ(wait(socket, For::reading), Waited::cancelled);
  EXPECT_EQ(socket.send("text"), -1);
}

TEST_F(SocketEventsTest, two_pieces_are_sent_one_behind_the_other) {
  WatchedSocket socket(events, std::move(ours));
  EXPECT_EQ(socket.send("head ", "body"), 9);
  std::array<char, 100> space{};
  const ssize_t bytes = ::recv(client.get(), space.data(), space.size(), 0);
  EXPECT_EQ(std::string_view(space.data(), static_cast<std::size_t>(bytes)), "head body");
}

TEST_F(SocketEventsTest, who_has_received_must_wait_for_its_turn_whatever_is_there) {
  Accepted accepted;
  accepted.socket = std::move(ours);
  Connection connection(events, accepted);
  client_sends("abcd");
  std::string seen;
  int turns_of_others = 0;
  boost::asio::co_spawn(
      loop,
      [&]() -> boost::asio::awaitable<void> {
        while (seen.size() < 4) {
          std::array<char, 1> space{};
          std::size_t bytes = 0;
          const auto moved = connection.receive(space, bytes);
          seen.append(space.data(), bytes);
          if (moved == Connection::Moved::all)
            boost::asio::post(loop, [&] { turns_of_others += seen.size() < 4; });
          if (moved == Connection::Moved::blocked) co_await connection.wait_after_blocked();
        }
      },
      boost::asio::detached);
  go_on();
  EXPECT_EQ(seen, "abcd");
  EXPECT_EQ(turns_of_others, 3) << "one after each receive but the last";
}

}  // namespace
}  // namespace nexus::http::test
