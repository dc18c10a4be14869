// Typed ids: a prefix that names the kind and a UUIDv7 (RFC 9562, section 5.7), as in mbr_0198c0de-….
// An Id<tag> converts to no other kind. Plain data: any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/clock.hpp"

namespace orbit::kernel {

using Uuid = std::array<std::uint8_t, 16>;

/// A fresh UUIDv7: 48 bits of the clock's time, 74 bits from the system's random source.
[[nodiscard]] Uuid new_uuid(const Clock& clock);

/// The usual 36 characters, lower case.
[[nodiscard]] std::string to_string(const Uuid& uuid);

/// Reads exactly what to_string writes.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

template <class Tag>
class Id {
 public:
  using tag = Tag;

  /// The nil id: equal to no id that was ever given out.
  Id() = default;

  [[nodiscard]] static Id create(const Clock& clock) { return Id(new_uuid(clock)); }

  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    if (!text.starts_with(Tag::prefix)) return std::nullopt;
    const auto uuid = parse_uuid(text.substr(Tag::prefix.size()));
    return uuid ? std::optional(Id(*uuid)) : std::nullopt;
  }

  [[nodiscard]] std::string str() const { return std::string(Tag::prefix) + to_string(uuid_); }
  [[nodiscard]] const Uuid& uuid() const { return uuid_; }
  [[nodiscard]] bool is_nil() const { return uuid_ == Uuid{}; }

  auto operator<=>(const Id&) const = default;

 private:
  explicit Id(const Uuid& uuid) : uuid_(uuid) {}

  Uuid uuid_{};
};

namespace id_tags {
struct Workspace {
  static constexpr std::string_view prefix = "ws_";
};
struct Member {
  static constexpr std::string_view prefix = "mbr_";
};
struct Role {
  static constexpr std::string_view prefix = "wsrole_";
};
struct Invite {
  static constexpr std::string_view prefix = "inv_";
};
struct Team {
  static constexpr std::string_view prefix = "team_";
};
struct User {
  static constexpr std::string_view prefix = "user_";
};
struct Session {
  static constexpr std::string_view prefix = "sess_";
};
struct Subscription {
  static constexpr std::string_view prefix = "sub_";
};
}  // namespace id_tags

using WorkspaceId = Id<id_tags::Workspace>;
using MemberId = Id<id_tags::Member>;
using RoleId = Id<id_tags::Role>;
using InviteId = Id<id_tags::Invite>;
using TeamId = Id<id_tags::Team>;
using UserId = Id<id_tags::User>;
using SessionId = Id<id_tags::Session>;
using SubscriptionId = Id<id_tags::Subscription>;

}  // namespace orbit::kernel

template <class Tag>
struct std::hash<orbit::kernel::Id<Tag>> {
  std::size_t operator()(const orbit::kernel::Id<Tag>& id) const noexcept {
    // The last eight bytes of a UUIDv7 are random.
    std::size_t value = 0;
    std::memcpy(&value, id.uuid().data() + 8, sizeof value);
    return value;
  }
};
