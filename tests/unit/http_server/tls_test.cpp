// TLS: what differs from plain connections, which is how they begin and end.

#include <array>
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "http/server/tls_stream.hpp"
#include "http/server/unique_fd.hpp"
#include "test_certificate.hpp"
#include "test_server.hpp"

namespace nexus::http::test {
namespace {

using std::chrono::milliseconds;

class TlsServer : public TestServer {
 public:
  explicit TlsServer(const std::function<void(ServerOptions&)>& change = [](ServerOptions&) {})
      : TestServer([&](ServerOptions& options) {
          options.listeners.front().certificate =
              std::make_shared<ServedCertificate>(TestCertificate().load());
          change(options);
        }) {}
};

TEST(Tls, carries_what_plain_connections_do) {
  TlsServer server;
  RawClient client(server.endpoint(), RawClient::Speaks::https);
  const std::string body = expected_text(900'000);
  client.send(
      "GET /json/3000000 HTTP/1.1\r\nHost: a\r\n\r\nPUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(client.read_answer().value().body, expected_text(3'000'000));
  EXPECT_EQ(client.read_answer().value().body, "PUT /echo? " + body);
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.read_answer().value().status, 400U);
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(client.was_ended());
}

TEST(Tls, tells_a_body_that_ends_with_the_connection_from_one_that_broke_off) {
  TlsServer server;
  RawClient whole(server.endpoint(), RawClient::Speaks::https);
  whole.send("GET /stream/20000000 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(whole.read_answer().value().body, expected_text(20'000'000));
  EXPECT_TRUE(whole.was_ended());
  RawClient broken(server.endpoint(), RawClient::Speaks::https);
  broken.send("GET /broken-stream/300000 HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(broken.read_to_end().starts_with("HTTP/1.1 200"));
  EXPECT_FALSE(broken.was_ended());
}

TEST(Tls, connections_that_are_too_many_are_told_so) {
  TlsServer server([](ServerOptions& options) { options.limits.connections_max = 1; });
  RawClient first(server.endpoint(), RawClient::Speaks::https);
  RawClient second(server.endpoint(), RawClient::Speaks::https);
  EXPECT_EQ(second.read_answer().value().status, 503U);
  EXPECT_TRUE(second.is_closed());
}

TEST(Tls, a_stop_cuts_handshakes_that_have_not_ended) {
  TlsServer server;
  RawClient silent(server.endpoint());
  RawClient idle(server.endpoint(), RawClient::Speaks::https);
  ASSERT_TRUE(eventually([&] { return server.server.connections() == 2; }));
  server.server.request_stop();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(server.server.wait(), 0U);
}

TEST(Tls, an_answer_that_is_cut_by_a_stop_has_no_end) {
  TlsServer server([](ServerOptions& options) { options.limits.drain_timeout = milliseconds(50); });
  RawClient client(server.endpoint(), RawClient::Speaks::https);
  client.send("GET /stream/200000000 HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.handler.stream_pieces > 0; }));
  server.server.request_stop();
  EXPECT_EQ(server.server.wait(), 0U);
  client.read_to_end();
  EXPECT_FALSE(client.was_ended());
}

// Both ends of a connection, neither of which waits.
struct Pair {
  Pair() : context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), client(nullptr, SSL_free) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets.data()) != 0) throw std::bad_alloc();
    client_socket = UniqueFd(sockets[0]);
    server_socket = std::make_unique<WatchedSocket>(events, UniqueFd(sockets[1]));
    client.reset(SSL_new(context.get()));
    SSL_set_fd(client.get(), client_socket.get());
    SSL_set_connect_state(client.get());
    stream = std::make_unique<TlsStream>(*TestCertificate().load(), *server_socket);
    while (SSL_do_handshake(client.get()) != 1 || stream->shake_hands() != TlsStream::Need::nothing) {
      stream->shake_hands();
    }
  }

  boost::asio::io_context loop;
  SocketEvents events{loop};
  UniqueFd client_socket;
  std::unique_ptr<WatchedSocket> server_socket;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context;
  std::unique_ptr<SSL, void (*)(SSL*)> client;
  std::unique_ptr<TlsStream> stream;
  std::array<char, 100> space{};
};

TEST(TlsStream, leaves_off_for_others_when_a_client_sends_messages_without_content) {
  Pair pair;
  BIO* sent = BIO_new(BIO_s_mem());
  SSL_set0_wbio(pair.client.get(), sent);
  constexpr int key_updates = 4000;
  for (int i = 0; i < key_updates; ++i) {
    SSL_key_update(pair.client.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
    ASSERT_EQ(SSL_do_handshake(pair.client.get()), 1);
  }
  ASSERT_EQ(SSL_write(pair.client.get(), "text", 4), 4);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(sent, &bytes);
  ASSERT_EQ(::send(pair.client_socket.get(), bytes, static_cast<std::size_t>(size), 0), size);
  int turns = 1;
  auto moved = pair.stream->read(pair.space);
  for (; moved.need == TlsStream::Need::read; ++turns) moved = pair.stream->read(pair.space);
  EXPECT_EQ(moved.bytes, 4U);
  EXPECT_GT(turns, 1) << "all was read in one turn";
}

TEST(TlsStream, touches_a_socket_no_more_once_it_is_closed) {
  Pair pair;
  ASSERT_EQ(SSL_read(pair.client.get(), pair.space.data(), 1), -1);
  pair.server_socket->close();
  EXPECT_EQ(pair.stream->write("text").need, TlsStream::Need::end);
  EXPECT_EQ(pair.stream->read(pair.space).need, TlsStream::Need::end);
  EXPECT_EQ(pair.stream->end(), TlsStream::Need::end);
  EXPECT_EQ(::recv(pair.client_socket.get(), pair.space.data(), 1, MSG_DONTWAIT), 0)
      << "more than the end came";
}

TEST(TlsCertificate, says_whose_it_is_and_until_when) {
  const auto certificate = TestCertificate().load();
  EXPECT_EQ(certificate->subject(), "CN=test");
  EXPECT_EQ(certificate->expires() - certificate->valid_from(), std::chrono::hours(24));
}

}  // namespace
}  // namespace nexus::http::test
