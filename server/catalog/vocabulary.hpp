// The closed sets of words that the wire speaks: permissions, system roles, plans, statuses.
// Enumerators of described enums are their own wire names, but for Permission, which has wire_name(). Any thread.
#pragma once

#include <array>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string_view>

namespace orbit::catalog {

enum class Permission {
  workspace_delete,
  workspace_settings_edit,
  workspace_roles_manage,
  workspace_members_invite,
  workspace_members_remove,
  workspace_members_change_role,
  teams_manage,
  billing_manage,
};

inline constexpr std::array all_permissions{
    Permission::workspace_delete,
    Permission::workspace_settings_edit,
    Permission::workspace_roles_manage,
    Permission::workspace_members_invite,
    Permission::workspace_members_remove,
    Permission::workspace_members_change_role,
    Permission::teams_manage,
    Permission::billing_manage,
};

[[nodiscard]] std::string_view wire_name(Permission permission);
[[nodiscard]] std::optional<Permission> parse_permission(std::string_view wire_name);

/// The three roles that every workspace has.
enum class SystemRole { OWNER, ADMIN, MEMBER };
BOOST_DESCRIBE_ENUM(SystemRole, OWNER, ADMIN, MEMBER)

/// A member's colour, for avatars and cursors.
enum class Tone { violet, blue, teal, green, amber, orange, rose, slate };
BOOST_DESCRIBE_ENUM(Tone, violet, blue, teal, green, amber, orange, rose, slate)

enum class PresenceStatus { online, away, offline };
BOOST_DESCRIBE_ENUM(PresenceStatus, online, away, offline)

enum class Plan { free, team, business };
BOOST_DESCRIBE_ENUM(Plan, free, team, business)

/// Stripe's words for the state of a subscription.
enum class SubscriptionStatus {
  trialing,
  active,
  past_due,
  canceled,
  unpaid,
  incomplete,
  incomplete_expired,
  paused,
};
BOOST_DESCRIBE_ENUM(SubscriptionStatus, trialing, active, past_due, canceled, unpaid, incomplete, incomplete_expired,
                    paused)

/// Why a tab must hydrate again.
enum class ResyncReason { permissions, log_trimmed, epoch_changed, cursor_ahead, too_far_behind, event_lost };
BOOST_DESCRIBE_ENUM(ResyncReason, permissions, log_trimmed, epoch_changed, cursor_ahead, too_far_behind, event_lost)

}  // namespace orbit::catalog
