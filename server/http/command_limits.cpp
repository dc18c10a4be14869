#include "http/command_limits.hpp"

#include "http/problem.hpp"
#include "workspaces/access.hpp"

namespace orbit::http {

using std::chrono::seconds;

namespace {

constexpr std::string_view refusals = "orbit_commands_refused_total";
constexpr std::string_view refusals_help =
    "Commands refused because their sender or workspace had too many, or tabs were behind";

}  // namespace

CommandLimits::CommandLimits(const CommandLimitOptions& options, kernel::UnitOfWork& unit_of_work,
                             const workspaces::Repositories& repositories, const kernel::Clock& clock,
                             kernel::MetricsRegistry& metrics)
    : tabs_are_behind_(options.tabs_are_behind),
      unit_of_work_(unit_of_work),
      repositories_(repositories),
      users_(clock, {.tokens = options.per_user, .at_once = 3 * options.per_user}),
      workspaces_(clock, {.tokens = options.per_workspace, .at_once = 3 * options.per_workspace}),
      refused_for_user_(metrics.counter(refusals, refusals_help, {{"limit", "user"}})),
      refused_for_workspace_(metrics.counter(refusals, refusals_help, {{"limit", "workspace"}})),
      refused_for_tabs_(metrics.counter(refusals, refusals_help, {{"limit", "tabs"}})) {}

kernel::Result<> CommandLimits::take(kernel::UserId user, std::string_view slug) {
  if (const auto wait = users_.take(user.str()); wait > seconds{0}) {
    refused_for_user_.add();
    return kernel::too_many("user.too_many_commands", "You send too many commands. Try again in a moment.", wait);
  }
  if (tabs_are_behind_ && tabs_are_behind_()) {
    refused_for_tabs_.add();
    return std::unexpected(overloaded());
  }
  if (slug.empty()) return {};
  if (const auto wait = workspaces_.wait(slug); wait > seconds{0} && is_member(user, slug)) {
    refused_for_workspace_.add();
    return kernel::too_many("workspace.too_many_commands",
                            "There are too many commands in this workspace. Try again in a moment.", wait);
  }
  return {};
}

void CommandLimits::done(std::string_view slug) {
  if (!slug.empty()) workspaces_.charge(slug);
}

bool CommandLimits::is_member(kernel::UserId user, std::string_view slug) {
  return unit_of_work_
      .read([&](const kernel::ReadContext& context) -> kernel::Result<bool> {
        return workspaces::access(repositories_, context, user, slug).has_value();
      })
      .value_or(false);
}

}  // namespace orbit::http
