// SessionResolver: asks whose a request is. The built-in one reads Orbit's own sessions; an app with its own sign-in
// puts its own in. Called on worker threads and on the realtime thread; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "identity/session.hpp"
#include "kernel/clock.hpp"
#include "kernel/error.hpp"
#include "kernel/id.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::identity {

struct ResolvedSession {
  kernel::SessionId session_id;
  kernel::UserId user_id;
};

class SessionResolver {
 public:
  virtual ~SessionResolver() = default;

  /// The session behind the cookie's token. Unknown, ended and expired tokens are ErrorKind::unauthenticated with the
  /// code "session.required".
  [[nodiscard]] virtual kernel::Result<ResolvedSession> resolve(std::string_view token) = 0;

  /// Whether the session has not ended. A resolver that ends sessions elsewhere must answer from what it knows now.
  [[nodiscard]] virtual bool is_live(const kernel::ReadContext& context, kernel::SessionId session) = 0;

  /// Those of the sessions that have not ended, in no particular order.
  [[nodiscard]] virtual std::vector<LiveSession> live_of(const kernel::ReadContext& context,
                                                         std::span<const kernel::SessionId> sessions) {
    std::vector<LiveSession> live;
    for (const kernel::SessionId session : sessions) {
      if (is_live(context, session)) live.push_back({session});
    }
    return live;
  }
};

}  // namespace orbit::identity
