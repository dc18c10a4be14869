#include "realtime/socket_admission.hpp"

#include "workspaces/access.hpp"

namespace orbit::realtime {

using kernel::ReadContext;
using kernel::Result;

Result<SocketIdentity> SocketAdmission::admit(std::string_view token, std::string_view slug) {
  const auto session = sessions_.resolve(token);
  if (!session) return std::unexpected(session.error());
  return unit_of_work_.read([&](const ReadContext& context) -> Result<SocketIdentity> {
    const auto found = workspaces::access(repositories_, context, session->user_id, slug);
    if (!found) {
      return kernel::failure(kernel::ErrorKind::unauthenticated, "session.required",
                             "Sign in as a member of this workspace.");
    }
    return SocketIdentity{found->workspace_id(), found->member.state().id, session->user_id, session->session_id};
  });
}

Result<SocketAdmission::Standing> SocketAdmission::recheck(const SocketIdentity& identity) {
  return unit_of_work_.read([&](const ReadContext& context) -> Result<Standing> {
    Standing standing;
    standing.session_live = sessions_.is_live(context, identity.session);
    if (const auto member = repositories_.members.find(context, identity.member)) {
      if (const auto role = repositories_.roles.find(context, member->state().role_id)) {
        standing.is_member = true;
        standing.role = role->state().id;
        standing.permissions = role->state().permissions;
      }
    }
    return standing;
  });
}

}  // namespace orbit::realtime
