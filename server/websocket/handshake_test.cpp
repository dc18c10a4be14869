#include "websocket/handshake.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace orbit::websocket {
namespace {

/// The request of RFC 6455, section 1.3; tests bend it.
struct Sample {
  std::string method = "GET";
  int http_major = 1;
  int http_minor = 1;
  bool wants_deflate = true;
  std::multimap<std::string, std::string> headers{{"Host", "server.example.com"},
                                                  {"Upgrade", "websocket"},
                                                  {"Connection", "Upgrade"},
                                                  {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                                  {"Sec-WebSocket-Version", "13"}};

  Sample& with(const std::string& name, const std::string& value) {
    headers.erase(name);
    headers.emplace(name, value);
    return *this;
  }
  Sample& without(const std::string& name) {
    headers.erase(name);
    return *this;
  }
  Sample& again(const std::string& name, const std::string& value) {
    headers.emplace(name, value);
    return *this;
  }

  [[nodiscard]] auto answer() const {
    const auto values = [this](std::string_view name) {
      std::vector<std::string_view> found;
      const auto [first, last] = headers.equal_range(std::string(name));
      for (auto it = first; it != last; ++it) found.emplace_back(it->second);
      return found;
    };
    return accept_handshake({method, http_major, http_minor, values}, wants_deflate);
  }
};

TEST(Handshake, AnswersTheSampleOfTheRfc) {
  const auto answer = Sample().answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sec_websocket_accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(answer->response,
            "HTTP/1.1 101 Switching Protocols\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "\r\n");
}

TEST(Handshake, ReadsTokenListsInAnyCase) {
  EXPECT_TRUE(Sample().with("Upgrade", "WebSocket").answer());
  EXPECT_TRUE(Sample().with("Upgrade", "h2c, websocket").answer());
  EXPECT_TRUE(Sample().with("Upgrade", "h2c").again("Upgrade", "WEBSOCKET").answer());
  EXPECT_TRUE(Sample().with("Connection", "keep-alive, Upgrade").answer());
  EXPECT_TRUE(Sample().with("Connection", "keep-alive").again("Connection", " ,\tupgrade ,").answer());
}

TEST(Handshake, DeclinesSubprotocolsAndOtherExtensionsInSilence) {
  const auto answer =
      Sample().with("Sec-WebSocket-Protocol", "chat").with("Sec-WebSocket-Extensions", "permessage-bzip2").answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->response.find("Sec-WebSocket-Protocol"), std::string::npos);
  EXPECT_EQ(answer->response.find("Sec-WebSocket-Extensions"), std::string::npos);
  EXPECT_FALSE(answer->deflates);
}

TEST(Handshake, AgreesOnDeflateWhereBothWantIt) {
  Sample sample = Sample()
                      .with("Sec-WebSocket-Extensions", "permessage-bzip2")
                      .again("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");
  const auto answer = sample.answer();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->deflates);
  EXPECT_TRUE(
      answer->response.ends_with("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                                 "client_no_context_takeover\r\n\r\n"))
      << answer->response;
  sample.wants_deflate = false;
  EXPECT_EQ(sample.answer()->response, Sample().answer()->response);
  EXPECT_FALSE(sample.answer()->deflates);
}

struct Refusal {
  const char* name;
  Sample sample;
  int status;
  std::string_view code;
};

class HandshakeRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(HandshakeRefuses, WithStatusAndCode) {
  const auto answer = GetParam().sample.answer();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().status, GetParam().status);
  EXPECT_EQ(answer.error().code, GetParam().code);
  const std::pair<std::string_view, std::string_view> version{"Sec-WebSocket-Version", "13"};
  const bool names_version = std::ranges::find(answer.error().headers, version) != answer.error().headers.end();
  EXPECT_EQ(names_version, GetParam().status == 426);
}

Sample over(int major, int minor) {
  Sample sample;
  sample.http_major = major;
  sample.http_minor = minor;
  return sample;
}

Sample by(std::string method) {
  Sample sample;
  sample.method = std::move(method);
  return sample;
}

INSTANTIATE_TEST_SUITE_P(
    Table, HandshakeRefuses,
    testing::Values(
        Refusal{"Post", by("POST"), 400, "websocket.method"},
        Refusal{"LowerCaseGet", by("get"), 400, "websocket.method"},
        Refusal{"Http10", over(1, 0), 400, "websocket.http_version"},
        Refusal{"Http2", over(2, 0), 400, "websocket.http_version"},
        Refusal{"NoHost", Sample().without("Host"), 400, "websocket.host"},
        Refusal{"TwoHosts", Sample().again("Host", "other"), 400, "websocket.host"},
        Refusal{"NoUpgrade", Sample().without("Upgrade"), 426, "websocket.upgrade"},
        Refusal{"OtherUpgrade", Sample().with("Upgrade", "h2c"), 426, "websocket.upgrade"},
        Refusal{"PartOfAToken", Sample().with("Upgrade", "websockets, mywebsocket"), 426, "websocket.upgrade"},
        Refusal{"NoConnection", Sample().without("Connection"), 400, "websocket.connection"},
        Refusal{"OtherConnection", Sample().with("Connection", "keep-alive"), 400, "websocket.connection"},
        Refusal{"NoVersion", Sample().without("Sec-WebSocket-Version"), 426, "websocket.version"},
        Refusal{"OldVersion", Sample().with("Sec-WebSocket-Version", "8"), 426, "websocket.version"},
        Refusal{"VersionList", Sample().with("Sec-WebSocket-Version", "13, 8"), 426, "websocket.version"},
        Refusal{"NoKey", Sample().without("Sec-WebSocket-Key"), 400, "websocket.key"},
        Refusal{"TwoKeys", Sample().again("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), 400, "websocket.key"},
        Refusal{"ShortKey", Sample().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j"), 400, "websocket.key"},
        Refusal{"KeyOf17Bytes", Sample().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE="), 400, "websocket.key"},
        Refusal{"KeyNotBase64", Sample().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j*Q=="), 400, "websocket.key"},
        Refusal{"PaddingInside", Sample().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j=Q=="), 400, "websocket.key"},
        Refusal{"NoExtension", Sample().with("Sec-WebSocket-Extensions", ""), 400, "websocket.extensions"},
        Refusal{"HalfAnExtension", Sample().with("Sec-WebSocket-Extensions", "permessage-deflate;"), 400,
                "websocket.extensions"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace orbit::websocket
