#include "app/seed.hpp"

#include <stdexcept>

namespace orbit::app {

using kernel::Result;
using kernel::UserId;
using kernel::WriteContext;

namespace {

// Seeding is all or nothing for the one who looks: an error ends the program with its message.
struct SeedFailed {
  kernel::Error error;
};

template <class T>
T must(Result<T> result) {
  if (!result) throw SeedFailed{result.error()};
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <class Work>
Result<> seeding(Work work) {
  try {
    work();
    return {};
  } catch (const SeedFailed& failed) {
    return std::unexpected(failed.error);
  }
}

UserId add_user(Domain& domain, const std::string& name, const std::string& email, const std::string& password_hash) {
  return must(domain.unit_of_work.run([&](WriteContext& context) -> Result<UserId> {
    const auto address = identity::normalise_email(email, "owner");
    if (!address) return std::unexpected(address.error());
    const auto title = identity::normalise_name(name, "owner-name");
    if (!title) return std::unexpected(title.error());
    if (domain.repositories.users.find_by_email(context, *address)) {
      return kernel::failure(kernel::ErrorKind::conflict, "user.exists", "There is an account for " + *address + ".");
    }
    const identity::User user{UserId::create(domain.clock), *address, *title, password_hash, domain.clock.now()};
    domain.repositories.users.add(context, user);
    return user.id;
  }));
}

Result<> check_slug_is_free(Domain& domain, const std::string& slug) {
  return domain.unit_of_work.read([&](const kernel::ReadContext& context) -> Result<> {
    if (!domain.repositories.workspaces.find_by_slug(context, slug)) return {};
    return kernel::failure(kernel::ErrorKind::conflict, "workspace.slug_taken",
                           "There is a workspace " + slug + " already.");
  });
}

// Invites and accepts, as people would.
kernel::MemberId add_member(Domain& domain, UserId owner, UserId person, const std::string& slug,
                            const std::string& email, catalog::SystemRole key) {
  const auto role = must(domain.unit_of_work.read([&](const kernel::ReadContext& context) -> Result<kernel::RoleId> {
    const auto workspace = domain.repositories.workspaces.find_by_slug(context, slug);
    for (const auto& state : domain.repositories.roles.list(context, workspace->state().id)) {
      if (state.system_key == key) return state.id;
    }
    throw std::logic_error("a workspace lacks a system role");
  }));
  const auto invite = must(domain.invites.create(owner, slug, {email, role}));
  return must(domain.invites.accept(person, invite.token)).member.id;
}

}  // namespace

std::vector<http::DemoAccount> demo_accounts() {
  return {{"ada@acme.test", "Ada Lovelace", "OWNER", "acme"},
          {"grace@acme.test", "Grace Hopper", "ADMIN", "acme"},
          {"alan@acme.test", "Alan Turing", "MEMBER", "acme"},
          {"edsger@acme.test", "Edsger Dijkstra", "MEMBER", "acme"},
          {"margaret@globex.test", "Margaret Hamilton", "OWNER", "globex"}};
}

Result<> seed_demo(Domain& domain) {
  return seeding([&] {
    const std::string hash = domain.hasher.hash(demo_password);
    std::vector<UserId> people;
    for (const auto& account : demo_accounts()) people.push_back(add_user(domain, account.name, account.email, hash));
    const UserId ada = people[0], margaret = people[4];

    must(domain.workspaces.create(ada, "acme", "Acme"));
    const auto grace = add_member(domain, ada, people[1], "acme", "grace@acme.test", catalog::SystemRole::ADMIN);
    const auto alan = add_member(domain, ada, people[2], "acme", "alan@acme.test", catalog::SystemRole::MEMBER);
    const auto edsger = add_member(domain, ada, people[3], "acme", "edsger@acme.test", catalog::SystemRole::MEMBER);
    const auto engines = must(domain.teams.create(ada, "acme", "Engines"));
    const auto design = must(domain.teams.create(ada, "acme", "Design"));
    for (const auto member : {grace, alan}) must(domain.teams.add_member(ada, "acme", engines.id, member));
    for (const auto member : {grace, edsger}) must(domain.teams.add_member(ada, "acme", design.id, member));
    must(domain.billing.change_plan(ada, "acme", catalog::Plan::team, 5));

    must(domain.workspaces.create(margaret, "globex", "Globex"));
  });
}

Result<bool> seed_demo_if_empty(Domain& domain) {
  bool is_empty = false;
  const auto done = domain.database.run_alone([&]() -> Result<> {
    const auto empty = domain.database.is_empty();
    if (!empty) return std::unexpected(empty.error());
    is_empty = *empty;
    return is_empty ? seed_demo(domain) : Result<>();
  });
  if (!done) return std::unexpected(done.error());
  return is_empty;
}

Result<> seed_owner(Domain& domain, const FirstOwner& owner) {
  return seeding([&] {
    // All that the workspace could be refused for comes first: an account without it would be in the way of another
    // try.
    must(workspaces::check_slug(owner.slug));
    must(identity::normalise_name(owner.name));
    must(identity::check_new_password(owner.password));
    must(check_slug_is_free(domain, owner.slug));
    const UserId user = add_user(domain, owner.owner_name, owner.email, domain.hasher.hash(owner.password));
    must(domain.workspaces.create(user, owner.slug, owner.name));
  });
}

}  // namespace orbit::app
