// What identity keeps, as interfaces; the storage room implements them. Stateless: any thread, with a context of that
// thread's own.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "identity/session.hpp"
#include "identity/user.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::identity {

class UserRepository {
 public:
  virtual ~UserRepository() = default;
  [[nodiscard]] virtual std::optional<User> find(const kernel::ReadContext& context, kernel::UserId id) const = 0;

  /// `email` as normalise_email returns it.
  [[nodiscard]] virtual std::optional<User> find_by_email(const kernel::ReadContext& context,
                                                          std::string_view email) const = 0;
  virtual void add(kernel::WriteContext& context, const User& user) const = 0;
  virtual void update(kernel::WriteContext& context, const User& user) const = 0;
};

class SessionRepository {
 public:
  virtual ~SessionRepository() = default;
  [[nodiscard]] virtual std::optional<Session> find(const kernel::ReadContext& context, kernel::SessionId id) const = 0;
  [[nodiscard]] virtual std::optional<Session> find_by_token_hash(const kernel::ReadContext& context,
                                                                  std::string_view token_hash) const = 0;

  /// Newest first, expired ones included.
  [[nodiscard]] virtual std::vector<Session> list_of_user(const kernel::ReadContext& context,
                                                          kernel::UserId user) const = 0;

  /// Those of the sessions that have neither ended nor expired, in no particular order.
  [[nodiscard]] virtual std::vector<LiveSession> live_of(const kernel::ReadContext& context,
                                                         std::span<const kernel::SessionId> ids,
                                                         kernel::Timestamp now) const = 0;
  virtual void add(kernel::WriteContext& context, const Session& session) const = 0;

  /// Writes last_used_at and expires_at.
  virtual void update_use(kernel::WriteContext& context, const Session& session) const = 0;
  virtual void remove(kernel::WriteContext& context, kernel::SessionId id) const = 0;
  virtual void remove_expired(kernel::WriteContext& context, kernel::Timestamp now) const = 0;
};

}  // namespace orbit::identity
