// Session: a sign-in. Its token is known to the browser only; what is stored is the token's hash. Plain data: any
// thread.
#pragma once

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

/// A session lives this long after its last use.
inline constexpr std::chrono::hours session_lifetime{24 * 30};

/// A use within this time of the last one noted is not noted: reading must not cost a write each time.
inline constexpr std::chrono::minutes session_use_interval{10};

/// More sign-ins than this at once, and the user's session that was used longest ago ends.
inline constexpr std::size_t max_sessions_per_user = 100;

/// A fresh 256-bit secret, base64url.
[[nodiscard]] std::string new_token();

/// What is stored in a secret's stead: its BLAKE2b hash in hex.
[[nodiscard]] std::string hash_token(std::string_view token);

}  // namespace orbit::identity
