// Domain: the services over one database, put together. Any thread, once made.
#pragma once

#include "billing/billing_service.hpp"
#include "identity/operator_key_service.hpp"
#include "identity/session_service.hpp"
#include "storage/database.hpp"
#include "workspaces/invite_service.hpp"
#include "workspaces/member_service.hpp"
#include "workspaces/role_service.hpp"
#include "workspaces/team_service.hpp"
#include "workspaces/workspace_service.hpp"

namespace orbit::app {

struct Domain {
  Domain(storage::Database& with_database, identity::SessionListener& session_listener, std::string webhook_secret,
         const kernel::Clock& with_clock,
         identity::PasswordHasher::Cost password_cost = identity::PasswordHasher::interactive_cost(),
         identity::SessionRules session_rules = {})
      : database(with_database),
        clock(with_clock),
        hasher(password_cost),
        unit_of_work(database.unit_of_work()),
        repositories(database.workspaces()),
        sessions(unit_of_work, repositories.users, database.sessions(), hasher, limiter, session_listener, clock,
                 session_rules),
        session_resolver(unit_of_work, database.sessions(), clock, session_rules),
        operator_keys(unit_of_work, database.operator_keys(), clock),
        billing(unit_of_work, repositories, database.subscriptions(), database.stripe_events(),
                std::move(webhook_secret), clock),
        workspaces(unit_of_work, repositories, billing, clock),
        members(unit_of_work, repositories, clock),
        roles(unit_of_work, repositories, clock),
        invites(unit_of_work, repositories, hasher, sessions, clock),
        teams(unit_of_work, repositories, clock) {}

  storage::Database& database;
  const kernel::Clock& clock;
  identity::PasswordHasher hasher;
  kernel::UnitOfWork& unit_of_work;
  orbit::workspaces::Repositories repositories;
  identity::SignInLimiter limiter{clock, {}};
  identity::SessionService sessions;
  identity::StoredSessionResolver session_resolver;
  identity::OperatorKeyService operator_keys;
  billing::BillingService billing;
  orbit::workspaces::WorkspaceService workspaces;
  orbit::workspaces::MemberService members;
  orbit::workspaces::RoleService roles;
  orbit::workspaces::InviteService invites;
  orbit::workspaces::TeamService teams;
};

/// For when nobody listens: commands that run without a node.
struct NobodyListens final : identity::SessionListener {
  void session_ended(kernel::SessionId) override {}
};

}  // namespace orbit::app
