// Starting, listening, and ending in good order.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "test_server.hpp"

namespace nexus::http::test {
namespace {

const std::string echo = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

std::string socket_path() {
  return (std::filesystem::temp_directory_path() / ("nexus-http-test-" + std::to_string(::getpid())))
      .string();
}

TEST(Listening, on_port_0_finds_a_free_one_and_says_which) {
  TestServer server;
  EXPECT_TRUE(server.endpoint().starts_with("127.0.0.1:"));
  EXPECT_FALSE(server.endpoint().ends_with(":0"));
  RawClient client(server.endpoint());
  client.send("GET /address HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().value().body, "127.0.0.1 0");
}

TEST(Listening, fails_with_a_reason_and_leaves_nothing_listening) {
  TestServer taken;
  const auto port =
      static_cast<std::uint16_t>(std::stoi(taken.endpoint().substr(taken.endpoint().rfind(':') + 1)));
  TestHandler handler;
  Server second({{{}, {"127.0.0.1", port, {}}}, 1, {}}, handler);
  try {
    second.start();
    FAIL() << "two servers on one port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_NE(std::string(error.what()).find(taken.endpoint()), std::string::npos);
  }
  Server named({{{"localhost", 0, {}}}, 1, {}}, handler);
  EXPECT_THROW(named.start(), std::invalid_argument);
}

TEST(UnixSocket, serves_the_same_and_only_its_owner) {
  const std::string path = socket_path();
  {
    TestServer server([&](ServerOptions& options) { options.listeners.push_back({{}, 0, path}); });
    const std::string endpoint = server.server.endpoints()[1];
    EXPECT_EQ(endpoint, "unix:" + path);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    RawClient client(endpoint);
    client.send("GET /address HTTP/1.1\r\nHost: a\r\n\r\nGET /stream/100000 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer().value().body, "unix 1");
    EXPECT_EQ(client.read_answer().value().body, expected_text(100'000));
    client.send("nonsense\r\n\r\n");
    EXPECT_EQ(client.read_answer().value().status, 400U);
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(UnixSocket, left_behind_by_a_crash_is_replaced_and_one_in_use_is_not) {
  const std::string path = socket_path();
  const auto listen_on_path = [&](ServerOptions& options) { options.listeners = {{{}, 0, path}}; };
  std::string kept = path + ".kept";
  {
    TestServer crashed(listen_on_path);
    std::filesystem::create_hard_link(path, kept);
    TestHandler handler;
    Server second({{{{}, 0, path}}, 1, {}}, handler);
    EXPECT_THROW(second.start(), std::system_error);
    RawClient client(crashed.endpoint());
    client.send(echo);
    EXPECT_TRUE(client.read_answer());
  }
  std::filesystem::rename(kept, path);
  {
    TestServer again(listen_on_path);
    RawClient client(again.endpoint());
    client.send(echo);
    EXPECT_TRUE(client.read_answer());
  }
  std::ofstream(path) << "somebody's file";
  TestHandler handler;
  Server careful({{{{}, 0, path}}, 1, {}}, handler);
  EXPECT_THROW(careful.start(), std::system_error);
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
  std::filesystem::remove(path);
}

TEST(Threads, share_the_connections) {
  TestServer server([](ServerOptions& options) { options.threads = 2; });
  std::atomic<int> right = 0;
  std::vector<std::jthread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&server, &right, c] {
      for (int connection = 0; connection < 5; ++connection) {
        RawClient client(server.endpoint());
        for (int i = 0; i < 50; ++i) {
          const std::string query = std::to_string(c) + "-" + std::to_string(i);
          client.send("PUT /echo?" + query + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
          const auto answer = client.read_answer();
          if (answer && answer->body == "PUT /echo?" + query + " ok") ++right;
        }
      }
    });
  }
  clients.clear();
  EXPECT_EQ(right, 8 * 5 * 50);
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 0; }));
}

TEST(Stop, lets_what_is_in_flight_finish_and_closes_the_rest) {
  TestServer server([](ServerOptions& options) {
    options.threads = 2;
    options.limits.linger_timeout = std::chrono::milliseconds(50);
  });
  RawClient idle(server.endpoint());
  idle.send(echo);
  ASSERT_TRUE(idle.read_answer());
  RawClient silent(server.endpoint());
  RawClient in_handler(server.endpoint());
  in_handler.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n" + echo);
  server.handler.wait_for_arrivals_at_gate(1);
  RawClient in_head(server.endpoint());
  in_head.send("GET /echo?late HTTP/1.1\r\n");
  ASSERT_TRUE(eventually([&] { return server.server.connections() == 4; }));

  server.server.request_stop();
  EXPECT_TRUE(idle.is_closed());
  EXPECT_TRUE(silent.is_closed());
  EXPECT_THROW(RawClient{server.endpoint()}, std::runtime_error);
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 2; }));

  in_head.send("Host: a\r\n\r\n");
  const auto late = in_head.read_answer();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->body, "GET /echo?late ");
  EXPECT_EQ(late->header("connection"), "close");
  EXPECT_TRUE(in_head.is_closed());

  server.handler.open_gate();
  const auto finished = in_handler.read_answer();
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->body, "through the gate");
  EXPECT_EQ(finished->header("connection"), "close");
  EXPECT_TRUE(in_handler.is_closed());
  EXPECT_EQ(server.server.wait(), 0U);
}

TEST(Stop, finishes_a_stream_that_has_begun) {
  TestServer server;
  RawClient client(server.endpoint());
  client.send("GET /stream/30000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.handler.stream_pieces > 0; }));
  server.server.request_stop();
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), 30'000'000U);
  EXPECT_EQ(server.server.wait(), 0U);
}

TEST(Stop, cuts_clients_that_outlast_the_drain_timeout) {
  TestServer server(
      [](ServerOptions& options) { options.limits.drain_timeout = std::chrono::milliseconds(50); });
  RawClient client(server.endpoint());
  client.send("GET /echo HTTP/1.1\r\n");
  ASSERT_TRUE(eventually([&] { return server.server.connections() == 1; }));
  server.server.request_stop();
  client.read_to_end();
  EXPECT_EQ(server.server.wait(), 0U);
}

TEST(Stop, gives_up_handlers_that_never_return) {
  TestHandler handler;
  std::unique_ptr<RawClient> client;
  {
    ServerOptions options{{{}}, 1, {}};
    options.limits.drain_timeout = std::chrono::milliseconds(50);
    Server server(options, handler);
    server.start();
    client = std::make_unique<RawClient>(server.endpoints().front());
    client->send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    handler.wait_for_arrivals_at_gate(1);
    server.request_stop();
    EXPECT_EQ(server.wait(), 1U);
  }
  EXPECT_EQ(client->read_to_end(), "");
}

TEST(Stop, without_clients_is_immediate_and_may_be_asked_for_twice) {
  TestHandler handler;
  Server server({{{}}, 3, {}}, handler);
  server.start();
  server.request_stop();
  server.request_stop();
  EXPECT_EQ(server.wait(), 0U);
}

TEST(Stop, by_destruction_cuts_what_is_open) {
  TestHandler handler;
  auto server = std::make_unique<Server>(ServerOptions{{{}}, 2, {}}, handler);
  server->start();
  RawClient idle(server->endpoints().front());
  RawClient busy(server->endpoints().front());
  busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
  handler.wait_for_arrivals_at_gate(1);
  server.reset();
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(busy.read_to_end(), "");
}

}  // namespace
}  // namespace nexus::http::test
