#include "http/trusted_proxies.hpp"

#include <gtest/gtest.h>

namespace orbit::http {
namespace {

TrustedProxies trusting(std::initializer_list<std::string_view> ranges) {
  std::vector<kernel::AddressRange> parsed;
  for (const std::string_view range : ranges) parsed.push_back(kernel::AddressRange::parse(range).value());
  return TrustedProxies(std::move(parsed));
}

std::string client(const TrustedProxies& proxies, const std::string& peer, Headers headers) {
  Request request;
  request.headers = std::move(headers);
  return proxies.client_of(peer, request);
}

TEST(TrustedProxies, BelievesNobodyUnlessTold) {
  EXPECT_EQ(client(TrustedProxies(), "10.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}), "10.0.0.1");
  const auto proxies = trusting({"10.0.0.0/8"});
  EXPECT_EQ(client(proxies, "203.0.113.9", {{"X-Forwarded-For", "192.0.2.1"}}), "203.0.113.9");
  EXPECT_EQ(client(proxies, "203.0.113.9", {{"Forwarded", "for=192.0.2.1"}}), "203.0.113.9");
}

TEST(TrustedProxies, TakesTheLastAddressThatIsNoProxyOfItsOwn) {
  const auto proxies = trusting({"10.0.0.0/8", "fd00::/8"});
  const struct {
    Headers headers;
    std::string client;
  } cases[] = {
      {{}, "10.0.0.1"},
      {{{"X-Forwarded-For", "192.0.2.1"}}, "192.0.2.1"},
      {{{"x-forwarded-for", " 198.51.100.7 ,\t192.0.2.1 "}}, "192.0.2.1"},  // the client wrote the first itself
      {{{"X-Forwarded-For", "192.0.2.1, 10.0.0.2, fd00::3"}}, "192.0.2.1"},
      {{{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-For", "198.51.100.7"}}, "198.51.100.7"},
      {{{"X-Forwarded-For", "10.0.0.7, 10.0.0.2"}}, "10.0.0.7"},
      {{{"X-Forwarded-For", "192.0.2.1:4711"}}, "192.0.2.1"},
      {{{"X-Forwarded-For", "[2001:db8::1]:4711"}}, "2001:db8::1"},
      {{{"X-Forwarded-For", "2001:DB8::1"}}, "2001:db8::1"},
      {{{"X-Forwarded-For", "nonsense, 192.0.2.1"}}, "192.0.2.1"},
      {{{"Forwarded", "for=192.0.2.1"}}, "192.0.2.1"},
      {{{"Forwarded", "for=198.51.100.7, For=\"[2001:db8::1]:80\";proto=https;by=10.0.0.1"}}, "2001:db8::1"},
      {{{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1"}}, "192.0.2.1"},
  };
  for (const auto& [headers, expected] : cases) {
    EXPECT_EQ(client(proxies, "10.0.0.1", headers), expected) << (headers.empty() ? "" : headers.front().second);
  }
}

TEST(TrustedProxies, FallsBackToThePeerWhereTheyWriteNonsense) {
  const auto proxies = trusting({"10.0.0.0/8"});
  for (const Headers& headers : {
           Headers{{"X-Forwarded-For", ""}},
           Headers{{"X-Forwarded-For", "unknown"}},
           Headers{{"X-Forwarded-For", "192.0.2.1,"}},
           Headers{{"X-Forwarded-For", "192.0.2.1, nonsense, 10.0.0.2"}},
           Headers{{"X-Forwarded-For", "[2001:db8::1"}},
           Headers{{"X-Forwarded-For", "192.0.2.1/32"}},
           Headers{{"Forwarded", "for=unknown"}},
           Headers{{"Forwarded", "for=_hidden"}},
           Headers{{"Forwarded", "proto=https"}},
           Headers{{"Forwarded", "for=\"192.0.2.1"}},
           Headers{{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=198.51.100.7"}},
       }) {
    EXPECT_EQ(client(proxies, "10.0.0.1", headers), "10.0.0.1") << headers.front().second;
  }
}

}  // namespace
}  // namespace orbit::http
