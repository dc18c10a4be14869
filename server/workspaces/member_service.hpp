// MemberService: who is a member, in which role. Commands block on the database: workers only.
#pragma once

#include <string_view>

#include "catalog/dto.hpp"
#include "kernel/clock.hpp"
#include "workspaces/access.hpp"

namespace orbit::workspaces {

class MemberService {
 public:
  MemberService(kernel::UnitOfWork& unit_of_work, const Repositories& repositories, const kernel::Clock& clock)
      : unit_of_work_(unit_of_work), repositories_(repositories), clock_(clock) {}

  /// Needs workspace.members.change_role. Errors: forbidden "member.owner_required" (only owners make or unmake
  /// owners), "role.cannot_exceed_own"; conflict "member.last_owner".
  [[nodiscard]] kernel::Result<catalog::WorkspaceMemberDTO> change_role(kernel::UserId actor, std::string_view slug,
                                                                        kernel::MemberId id, kernel::RoleId role);

  /// Needs workspace.members.remove, unless it is oneself. Errors: as for change_role.
  [[nodiscard]] kernel::Result<> remove(kernel::UserId actor, std::string_view slug, kernel::MemberId id);

  /// Error: conflict "member.last_owner".
  [[nodiscard]] kernel::Result<> leave(kernel::UserId actor, std::string_view slug);

  /// Renames the person everywhere they are a member. Error: field "name".
  [[nodiscard]] kernel::Result<catalog::UserDTO> rename_person(kernel::UserId person, std::string_view name);

 private:
  kernel::Result<> take_out(kernel::WriteContext& context, Access& found, Member member) const;
  kernel::Result<> give_up_ownership(kernel::WriteContext& context, Access& found, const Member& owner) const;

  kernel::UnitOfWork& unit_of_work_;
  Repositories repositories_;
  const kernel::Clock& clock_;
};

}  // namespace orbit::workspaces
