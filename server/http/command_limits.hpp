// CommandLimits: how many commands a second a person may send, and how many may be done in a workspace. Any thread; may
// block on the database, on workers.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernel/keyed_rate_limit.hpp"
#include "kernel/metrics.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::http {

/// A second, three times as many at once; 0: no limit.
struct CommandLimitOptions {
  std::int64_t per_user = 100;
  std::int64_t per_workspace = 1'000;
};

class CommandLimits {
 public:
  /// What is passed by reference must outlive the limits.
  CommandLimits(const CommandLimitOptions& options, kernel::UnitOfWork& unit_of_work,
                const workspaces::Repositories& repositories, const kernel::Clock& clock,
                kernel::MetricsRegistry& metrics);

  /// Takes one command of the person. The workspace's are only looked at: strangers can't use them up, and are told
  /// nothing of them. An empty slug is no workspace. Errors: too_many "user.too_many_commands",
  /// "workspace.too_many_commands".
  [[nodiscard]] kernel::Result<> take(kernel::UserId user, std::string_view slug);

  /// A command was done in the workspace.
  void done(std::string_view slug);

 private:
  [[nodiscard]] bool is_member(kernel::UserId user, std::string_view slug);

  kernel::UnitOfWork& unit_of_work_;
  workspaces::Repositories repositories_;
  kernel::KeyedRateLimit users_;
  kernel::KeyedRateLimit workspaces_;
  kernel::Metric& refused_for_user_;
  kernel::Metric& refused_for_workspace_;
};

}  // namespace orbit::http
