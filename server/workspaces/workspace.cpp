#include "workspaces/workspace.hpp"

#include <algorithm>
#include <array>

#include "workspaces/events.hpp"

namespace orbit::workspaces {

using kernel::invalid_field;
using kernel::Timestamp;

Workspace Workspace::create(State state) {
  Workspace workspace(std::move(state));
  workspace.record(WorkspaceCreated{}, workspace.state_.id, workspace.state_.created_at);
  return workspace;
}

void Workspace::rename(std::string name, Timestamp now) {
  if (state_.name == name) return;
  state_.name = std::move(name);
  record(WorkspaceUpdated{}, state_.id, now);
}

void Workspace::transfer_to(kernel::MemberId owner, Timestamp now) {
  if (state_.owner_id == owner) return;
  state_.owner_id = owner;
  record(WorkspaceUpdated{}, state_.id, now);
}

void Workspace::mark_deleted(Timestamp now) { record(WorkspaceDeleted{}, state_.id, now); }

kernel::Result<> check_slug(std::string_view slug) {
  constexpr std::array<std::string_view, 24> reserved{"about",  "account",  "admin",   "api",     "app",     "assets",
                                                      "auth",   "billing",  "catalog", "docs",    "help",    "invite",
                                                      "login",  "logout",   "me",      "metrics", "new",     "orbit",
                                                      "public", "settings", "sign-in", "status",  "support", "www"};
  if (slug.empty()) return invalid_field("slug", "required", "A slug is required.");
  if (slug.size() < 3) return invalid_field("slug", "too_short", "A slug has at least 3 characters.");
  if (slug.size() > 40) return invalid_field("slug", "too_long", "A slug has at most 40 characters.");
  const bool plain =
      std::ranges::all_of(slug, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!plain || slug.front() == '-' || slug.back() == '-' || slug.find("--") != std::string_view::npos) {
    return invalid_field("slug", "bad_character",
                         "A slug has lower-case letters, digits and single dashes, with none at its ends.");
  }
  if (std::ranges::find(reserved, slug) != reserved.end()) {
    return invalid_field("slug", "reserved", "This slug is reserved.");
  }
  return {};
}

}  // namespace orbit::workspaces
