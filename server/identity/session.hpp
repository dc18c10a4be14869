// Session: a sign-in. Its token is known to the browser only; what is stored is the token's hash. Plain data: any
// thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "kernel/clock.hpp"
#include "kernel/id.hpp"

namespace orbit::identity {

struct Session {
  kernel::SessionId id;
  kernel::UserId user_id;
  std::string token_hash;
  std::string user_agent;
  std::string address;
  kernel::Timestamp created_at;
  kernel::Timestamp last_used_at;
  kernel::Timestamp expires_at;
};

struct LiveSession {
  kernel::SessionId id;
  kernel::Timestamp ends_at = kernel::Timestamp::max();  // unless it is used, or ended, before
};

/// How long a session lives: `idle` after its last use, `lifetime` in all.
struct SessionRules {
  std::chrono::milliseconds idle = std::chrono::hours{24 * 30};
  std::chrono::milliseconds lifetime = std::chrono::hours{24 * 90};

  [[nodiscard]] kernel::Timestamp expiry(kernel::Timestamp created_at, kernel::Timestamp used_at) const {
    return std::min(used_at + idle, created_at + lifetime);
  }

  /// A use within this time of the last one noted is not noted: reading must not cost a write each time.
  [[nodiscard]] std::chrono::milliseconds use_interval() const {
    return std::min<std::chrono::milliseconds>(std::chrono::minutes{10}, idle / 4);
  }
};

/// More sign-ins than this at once, and the user's session that was used longest ago ends.
inline constexpr std::size_t max_sessions_per_user = 100;

/// A fresh 256-bit secret, base64url.
[[nodiscard]] std::string new_token();

/// What is stored in a secret's stead: its BLAKE2b hash in hex.
[[nodiscard]] std::string hash_token(std::string_view token);

}  // namespace orbit::identity
