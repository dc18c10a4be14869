// CommandLimits: how many commands a second a person may send, and how many may be done in a workspace; and none while
// tabs can't be told of what was done before. Any thread; may block on the database, on workers.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "kernel/keyed_rate_limit.hpp"
#include "kernel/metrics.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::http {

struct CommandLimitOptions {
  std::int64_t per_user = 100;         // a second, three times as many at once; 0: no limit, here and below
  std::int64_t per_workspace = 1'000;  // a second, three times as many at once
  /// Whether what was committed waits too long on its way to the tabs. Any thread. None: never.
  std::function<bool()> tabs_are_behind = {};
};

class CommandLimits {
 public:
  /// What is passed by reference must outlive the limits.
  CommandLimits(const CommandLimitOptions& options, kernel::UnitOfWork& unit_of_work,
                const workspaces::Repositories& repositories, const kernel::Clock& clock,
                kernel::MetricsRegistry& metrics);

  /// Takes one command of the person. The workspace's are only looked at: strangers can't use them up, and are told
  /// nothing of them. An empty slug is no workspace. Errors: too_many "user.too_many_commands",
  /// "workspace.too_many_commands"; unavailable "node.overloaded".
  [[nodiscard]] kernel::Result<> take(kernel::UserId user, std::string_view slug);

  /// A command was done in the workspace.
  void done(std::string_view slug);

 private:
  [[nodiscard]] bool is_member(kernel::UserId user, std::string_view slug);

  const std::function<bool()> tabs_are_behind_;
  kernel::UnitOfWork& unit_of_work_;
  workspaces::Repositories repositories_;
  kernel::KeyedRateLimit users_;
  kernel::KeyedRateLimit workspaces_;
  kernel::Metric& refused_for_user_;
  kernel::Metric& refused_for_workspace_;
  kernel::Metric& refused_for_tabs_;
};

}  // namespace orbit::http
