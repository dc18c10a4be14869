// TeamService: teams and who is in them; all of it needs teams.manage. Commands block on the database: workers only.
#pragma once

#include <string_view>

#include "catalog/dto.hpp"
#include "kernel/clock.hpp"
#include "workspaces/access.hpp"

namespace orbit::workspaces {

class TeamService {
 public:
  TeamService(kernel::UnitOfWork& unit_of_work, const Repositories& repositories, const kernel::Clock& clock)
      : unit_of_work_(unit_of_work), repositories_(repositories), clock_(clock) {}

  /// Errors: field "name"; conflict "team.name_taken", "limit.reached".
  [[nodiscard]] kernel::Result<catalog::TeamDTO> create(kernel::UserId actor, std::string_view slug,
                                                        std::string_view name);

  /// Errors: field "name"; conflict "team.name_taken".
  [[nodiscard]] kernel::Result<catalog::TeamDTO> rename(kernel::UserId actor, std::string_view slug, kernel::TeamId id,
                                                        std::string_view name);
  [[nodiscard]] kernel::Result<> remove(kernel::UserId actor, std::string_view slug, kernel::TeamId id);

  /// Adding whom it has, and taking out whom it has not, is no error and changes nothing.
  [[nodiscard]] kernel::Result<catalog::TeamDTO> add_member(kernel::UserId actor, std::string_view slug,
                                                            kernel::TeamId id, kernel::MemberId member);
  [[nodiscard]] kernel::Result<catalog::TeamDTO> remove_member(kernel::UserId actor, std::string_view slug,
                                                               kernel::TeamId id, kernel::MemberId member);

 private:
  template <class Change>
  kernel::Result<catalog::TeamDTO> change(kernel::UserId actor, std::string_view slug, kernel::TeamId id,
                                          Change change);

  kernel::UnitOfWork& unit_of_work_;
  Repositories repositories_;
  const kernel::Clock& clock_;
};

}  // namespace orbit::workspaces
