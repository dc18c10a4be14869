// Seeding: the demo's people and workspaces, or a first owner of one's own. Runs before a node serves, on one thread.
#pragma once

#include <string>
#include <vector>

#include "app/domain.hpp"
#include "http/api.hpp"

namespace orbit::app {

inline constexpr const char* demo_password = "orbit-demo";

/// The people that seed_demo makes, for who wants to sign in as one.
[[nodiscard]] std::vector<http::DemoAccount> demo_accounts();

/// Workspaces acme and globex with their people, teams and subscriptions; everyone's password is demo_password.
[[nodiscard]] kernel::Result<> seed_demo(Domain& domain);

/// As seed_demo, where there is no user yet; says whether that was so. Of several nodes that start at once, one does
/// it.
[[nodiscard]] kernel::Result<bool> seed_demo_if_empty(Domain& domain);

struct FirstOwner {
  std::string slug;
  std::string name;
  std::string email;
  std::string owner_name;
  std::string password;
};

/// Makes an account and a workspace that it owns, or neither. Errors: those of the fields; conflict "user.exists",
/// "workspace.slug_taken".
[[nodiscard]] kernel::Result<> seed_owner(Domain& domain, const FirstOwner& owner);

}  // namespace orbit::app
