// StripeEvent: writes a webhook as Stripe would, signature included, for tests. Plain data: any thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace orbit::billing {

struct StripeEvent {
  std::string id = "evt_1";
  std::string type = "customer.subscription.updated";
  std::int64_t created = 1'767'225'600;
  std::string subscription = "sub_stripe_1";
  std::int64_t begun = 1'767'225'600;
  std::string workspace;
  std::string plan = "business";
  std::string status = "active";
  std::string quantity = "12";

  [[nodiscard]] std::string body() const {
    return R"({"id":")" + id + R"(","object":"event","type":")" + type + R"(","created":)" + std::to_string(created) +
           R"(,"data":{"object":{"id":")" + subscription + R"(","created":)" + std::to_string(begun) +
           R"(,"status":")" + status + R"(","cancel_at_period_end":true,"current_period_end":1769904000,"metadata":{)" +
           (workspace.empty() ? "" : R"("workspace_id":")" + workspace + R"(",)") + R"("plan":")" + plan +
           R"("},"items":{"data":[{"quantity":)" + quantity + R"(,"price":{"lookup_key":"team"}}]}}}})";
  }
};

/// The hex HMAC-SHA256 of "{time}.{body}".
[[nodiscard]] inline std::string stripe_hmac(std::string_view secret, std::string_view time, std::string_view body) {
  const std::string message = std::string(time) + "." + std::string(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    std::array<char, 3> byte{};
    std::snprintf(byte.data(), byte.size(), "%02x", digest[i]);
    hex += byte.data();
  }
  return hex;
}

}  // namespace orbit::billing
