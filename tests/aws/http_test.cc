// SPDX-License-Identifier: Apache-2.0
// One exchange against a server that answers a fixed text, whatever it is asked.
#include "ndr/aws/http.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace ndr::aws {
namespace {

using testing::HasSubstr;

class FixedServer {
 public:
  /// `stays_open`: says nothing more and does not hang up, until the test is over.
  explicit FixedServer(std::string answer, bool stays_open = false) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listening_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listening_, 1), 0);
    EXPECT_EQ(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    request_.endpoint = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    request_.method = "GET";
    request_.direct = true;
    thread_ = std::thread([this, answer = std::move(answer), stays_open] { Serve(answer, stays_open); });
  }
  FixedServer(const FixedServer&) = delete;
  FixedServer& operator=(const FixedServer&) = delete;
  ~FixedServer() {
    thread_.join();
    ::close(listening_);
  }
  Request& request() { return request_; }
  /// The head and the body that came; after the exchange.
  const std::string& received() const { return received_; }

 private:
  void Serve(const std::string& answer, bool stays_open) {
    const int peer = ::accept(listening_, nullptr, nullptr);
    std::array<char, 4096> bytes{};
    while (received_.find("\r\n\r\n") == std::string::npos) {
      const ssize_t n = ::recv(peer, bytes.data(), bytes.size(), 0);
      if (n <= 0) break;
      received_.append(bytes.data(), static_cast<size_t>(n));
    }
    EXPECT_EQ(::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL), static_cast<ssize_t>(answer.size()));
    if (stays_open) {
      EXPECT_LE(::recv(peer, bytes.data(), bytes.size(), 0), 0);  // the client hangs up
    }
    ::close(peer);
  }

  int listening_ = -1;
  Request request_;
  std::string received_;
  std::thread thread_;
};

TEST(HttpExchange, HeadersComeWithNamesInLowerCase) {
  FixedServer server(
      "HTTP/1.1 206 Partial Content\r\nETag:  \"a b\" \r\nX-Amz-Meta-NDR-Token: t\r\nContent-Length: "
      "3\r\n\r\nabc");
  Http http;
  const auto response = http.Exchange(server.request()).ValueOrDie();
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(Header(response.headers, "etag"), "\"a b\"");
  EXPECT_EQ(Header(response.headers, "x-amz-meta-ndr-token"), "t");
  EXPECT_EQ(Header(response.headers, "absent"), "");
  EXPECT_FALSE(response.broken);
}

TEST(HttpExchange, BorrowedBytesAreSent) {
  FixedServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  server.request().method = "PUT";
  server.request().data = "borrowed";
  Http http;
  EXPECT_TRUE(http.Exchange(server.request()).ok());
  EXPECT_THAT(server.received(), HasSubstr("Content-Length: 8"));
}

TEST(HttpExchange, ABodyThatBreaksOffIsAnAnswerOnlyWhereItIsTaken) {
  const std::string half = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 10\r\n\r\n01234";
  {
    FixedServer server(half);
    Http http;
    EXPECT_TRUE(http.Exchange(server.request()).status().IsIOError());
  }
  FixedServer server(half);
  server.request().takes_parts = true;
  Http http;
  const auto response = http.Exchange(server.request()).ValueOrDie();
  EXPECT_TRUE(response.broken);
  EXPECT_EQ(response.body, "01234");
  EXPECT_EQ(Header(response.headers, "etag"), "\"1\"");
}

TEST(HttpExchange, ABrokenErrorIsNoAnswer) {
  FixedServer server("HTTP/1.1 500 Oh\r\nContent-Length: 10\r\n\r\n01234");
  server.request().takes_parts = true;
  Http http;
  EXPECT_TRUE(http.Exchange(server.request()).status().IsIOError());
}

TEST(HttpExchange, AStalledExchangeEnds) {
  FixedServer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", true);
  server.request().stall_timeout = base::kMicrosPerSecond;
  Http http;
  const auto status = http.Exchange(server.request()).status();
  EXPECT_TRUE(status.IsIOError());
  EXPECT_THAT(status.message(), HasSubstr("sent or took next to nothing for 1 s"));
}

}  // namespace
}  // namespace ndr::aws
