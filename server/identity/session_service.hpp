// SessionService: signing in and out, and one's own sessions. Commands block (database, argon2id): workers only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/password_hasher.hpp"
#include "identity/repositories.hpp"
#include "identity/session_resolver.hpp"
#include "identity/sign_in_limiter.hpp"
#include "kernel/clock.hpp"
#include "kernel/error.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::identity {

/// Told of each session that ended, after the commit, on the thread that ended it.
class SessionListener {
 public:
  virtual ~SessionListener() = default;
  virtual void session_ended(kernel::SessionId session) = 0;
};

struct SignIn {
  std::string_view email = {};
  std::string_view password = {};
  std::string_view user_agent = {};  // cut to 256 bytes
  std::string_view address = {};
  std::string_view replaced_token = {};  // of the session that the browser came with; that one ends
};

struct SignedIn {
  User user;
  Session session;
  std::string token;                     // for the cookie; shown to nobody else, stored nowhere
  std::vector<kernel::SessionId> ended;  // in the same transaction, to make way for it
};

class SessionService {
 public:
  SessionService(kernel::UnitOfWork& unit_of_work, const UserRepository& users, const SessionRepository& sessions,
                 const PasswordHasher& hasher, SignInLimiter& limiter, SessionListener& listener,
                 const kernel::Clock& clock, SessionRules rules = {});

  /// Errors: "session.wrong_credentials" (unauthenticated), "session.too_many_attempts" (too_many). An unknown account
  /// takes as long as a wrong password. The session is a new one, whatever the browser came with. Where the user has
  /// max_sessions_per_user already, the one used longest ago ends.
  [[nodiscard]] kernel::Result<SignedIn> sign_in(const SignIn& attempt);

  /// Starts a session for a user whose identity is known already, inside the caller's transaction. Once that has
  /// committed, the caller announces it. Of the attempt, only what it says of the browser counts.
  [[nodiscard]] SignedIn start(kernel::WriteContext& context, const User& user, const SignIn& attempt) const;

  /// Tells the listener of the sessions that ended for this one.
  void announce(const SignedIn& signed_in) const;

  [[nodiscard]] const SessionRules& rules() const { return rules_; }

  [[nodiscard]] kernel::Result<User> user(kernel::UserId user);

  /// Live sessions, newest first.
  [[nodiscard]] kernel::Result<std::vector<Session>> list(kernel::UserId user);

  /// Ends one session of the user. Error: not_found.
  [[nodiscard]] kernel::Result<> end(kernel::UserId user, kernel::SessionId session);

  /// Ends a session, whosever it is. Error: not_found.
  [[nodiscard]] kernel::Result<> revoke(kernel::SessionId session);

  /// Ends all of the user's sessions but `kept`.
  [[nodiscard]] kernel::Result<> end_others(kernel::UserId user, kernel::SessionId kept);

 private:
  kernel::Result<> end_if(kernel::SessionId id, const std::function<bool(const Session&)>& may_end);
  std::vector<kernel::SessionId> make_room(kernel::WriteContext& context, kernel::UserId user) const;
  std::vector<kernel::SessionId> remove_replaced(kernel::WriteContext& context, std::string_view token) const;

  kernel::UnitOfWork& unit_of_work_;
  const UserRepository& users_;
  const SessionRepository& sessions_;
  const PasswordHasher& hasher_;
  SignInLimiter& limiter_;
  SessionListener& listener_;
  const kernel::Clock& clock_;
  const SessionRules rules_;
};

/// The built-in SessionResolver: reads Orbit's own sessions and moves their expiry along as they are used.
class StoredSessionResolver final : public SessionResolver {
 public:
  StoredSessionResolver(kernel::UnitOfWork& unit_of_work, const SessionRepository& sessions, const kernel::Clock& clock,
                        SessionRules rules = {})
      : unit_of_work_(unit_of_work), sessions_(sessions), clock_(clock), rules_(rules) {}

  [[nodiscard]] kernel::Result<ResolvedSession> resolve(std::string_view token) override;
  [[nodiscard]] bool is_live(const kernel::ReadContext& context, kernel::SessionId session) override;
  [[nodiscard]] std::vector<LiveSession> live_of(const kernel::ReadContext& context,
                                                 std::span<const kernel::SessionId> sessions) override;

 private:
  kernel::UnitOfWork& unit_of_work_;
  const SessionRepository& sessions_;
  const kernel::Clock& clock_;
  const SessionRules rules_;
};

}  // namespace orbit::identity
