// SocketAdmission: who may open a socket on a workspace. Blocks on the database: `admit` on workers, `recheck` on the
// realtime thread, once for each socket.
#pragma once

#include <string_view>

#include "identity/session_resolver.hpp"
#include "realtime/socket_handle.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::realtime {

class SocketAdmission {
 public:
  SocketAdmission(kernel::UnitOfWork& unit_of_work, identity::SessionResolver& sessions,
                  const workspaces::Repositories& repositories)
      : unit_of_work_(unit_of_work), sessions_(sessions), repositories_(repositories) {}

  /// Nobody signed in, no such workspace and no member look the same: unauthenticated "session.required".
  [[nodiscard]] kernel::Result<SocketIdentity> admit(std::string_view token, std::string_view slug);

  struct Standing {
    bool session_live = false;
    bool is_member = false;
    kernel::RoleId role;
    workspaces::Permissions permissions;
  };

  /// How it stands with a socket that was admitted a moment ago.
  [[nodiscard]] kernel::Result<Standing> recheck(const SocketIdentity& identity);

 private:
  kernel::UnitOfWork& unit_of_work_;
  identity::SessionResolver& sessions_;
  workspaces::Repositories repositories_;
};

}  // namespace orbit::realtime
