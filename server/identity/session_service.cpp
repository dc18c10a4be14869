#include "identity/session_service.hpp"

#include <algorithm>

namespace orbit::identity {

using kernel::ErrorKind;
using kernel::failure;
using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

SessionService::SessionService(kernel::UnitOfWork& unit_of_work, const UserRepository& users,
                               const SessionRepository& sessions, const PasswordHasher& hasher, SignInLimiter& limiter,
                               SessionListener& listener, const kernel::Clock& clock)
    : unit_of_work_(unit_of_work),
      users_(users),
      sessions_(sessions),
      hasher_(hasher),
      limiter_(limiter),
      listener_(listener),
      clock_(clock) {}

Result<SignedIn> SessionService::sign_in(const SignIn& attempt) {
  const auto wrong = [] {
    return failure(ErrorKind::unauthenticated, "session.wrong_credentials",
                   "The e-mail address or the password is wrong.");
  };
  const auto email = normalise_email(attempt.email);
  if (!email) return std::unexpected(email.error());
  if (const auto allowed = limiter_.take_attempt(*email, attempt.address); !allowed) {
    return std::unexpected(allowed.error());
  }

  const auto found = unit_of_work_.read(
      [&](const ReadContext& context) -> Result<std::optional<User>> { return users_.find_by_email(context, *email); });
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    hasher_.verify_nothing(attempt.password);
    return wrong();
  }
  const User& user = **found;
  if (!hasher_.verify(attempt.password, user.password_hash)) return wrong();

  limiter_.succeeded(*email, attempt.address);
  std::vector<kernel::SessionId> crowded_out;
  auto signed_in = unit_of_work_.run([&](WriteContext& context) -> Result<SignedIn> {
    context.lock(user.id);
    sessions_.remove_expired(context, clock_.now());
    crowded_out = make_room(context, user.id);
    return start(context, user, attempt.user_agent, attempt.address);
  });
  if (!signed_in) return signed_in;
  for (const kernel::SessionId session : crowded_out) listener_.session_ended(session);
  return signed_in;
}

// Ends as many of the user's sessions as leave a place for one more, those used longest ago first.
std::vector<kernel::SessionId> SessionService::make_room(WriteContext& context, kernel::UserId user) const {
  auto sessions = sessions_.list_of_user(context, user);
  if (sessions.size() < max_sessions_per_user) return {};
  std::ranges::sort(sessions, {}, &Session::last_used_at);
  sessions.resize(sessions.size() - max_sessions_per_user + 1);
  std::vector<kernel::SessionId> ended;
  for (const Session& session : sessions) {
    sessions_.remove(context, session.id);
    ended.push_back(session.id);
  }
  return ended;
}

SignedIn SessionService::start(WriteContext& context, const User& user, std::string_view user_agent,
                               std::string_view address) const {
  const auto now = clock_.now();
  std::string token = new_token();
  Session session{kernel::SessionId::create(clock_),
                  user.id,
                  hash_token(token),
                  std::string(user_agent.substr(0, 256)),
                  std::string(address.substr(0, 64)),
                  now,
                  now,
                  now + session_lifetime};
  sessions_.add(context, session);
  return {user, std::move(session), std::move(token)};
}

Result<User> SessionService::user(kernel::UserId id) {
  return unit_of_work_.read([&](const ReadContext& context) -> Result<User> {
    auto user = users_.find(context, id);
    if (!user) return failure(ErrorKind::not_found, "not_found", "There is no such person.");
    return *std::move(user);
  });
}

Result<std::vector<Session>> SessionService::list(kernel::UserId user) {
  return unit_of_work_.read([&](const ReadContext& context) -> Result<std::vector<Session>> {
    auto sessions = sessions_.list_of_user(context, user);
    std::erase_if(sessions, [now = clock_.now()](const Session& session) { return session.expires_at <= now; });
    return sessions;
  });
}

Result<> SessionService::end(kernel::UserId user, kernel::SessionId id) {
  const auto ended = unit_of_work_.run([&](WriteContext& context) -> Result<> {
    const auto session = sessions_.find(context, id);
    if (!session || session->user_id != user) {
      return failure(ErrorKind::not_found, "not_found", "There is no such session.");
    }
    sessions_.remove(context, id);
    return {};
  });
  if (ended) listener_.session_ended(id);
  return ended;
}

Result<> SessionService::end_others(kernel::UserId user, kernel::SessionId kept) {
  const auto ended = unit_of_work_.run([&](WriteContext& context) -> Result<std::vector<Session>> {
    context.lock(user);
    auto sessions = sessions_.list_of_user(context, user);
    std::erase_if(sessions, [kept](const Session& session) { return session.id == kept; });
    for (const Session& session : sessions) sessions_.remove(context, session.id);
    return sessions;
  });
  if (!ended) return std::unexpected(ended.error());
  for (const Session& session : *ended) listener_.session_ended(session.id);
  return {};
}

Result<ResolvedSession> StoredSessionResolver::resolve(std::string_view token) {
  const auto nobody = [] { return failure(ErrorKind::unauthenticated, "session.required", "Sign in first."); };
  if (token.empty() || token.size() > 128) return nobody();
  const auto found = unit_of_work_.read([&](const ReadContext& context) -> Result<std::optional<Session>> {
    return sessions_.find_by_token_hash(context, hash_token(token));
  });
  if (!found) return std::unexpected(found.error());
  const auto now = clock_.now();
  if (!*found || (*found)->expires_at <= now) return nobody();

  Session session = **found;
  if (now - session.last_used_at >= session_use_interval) {
    session.last_used_at = now;
    session.expires_at = now + session_lifetime;
    // Should this fail, the session ends a little earlier than it might: no reason to refuse the request.
    static_cast<void>(unit_of_work_.run([&](WriteContext& context) -> Result<> {
      sessions_.update_use(context, session);
      return {};
    }));
  }
  return ResolvedSession{session.id, session.user_id};
}

bool StoredSessionResolver::is_live(const ReadContext& context, kernel::SessionId id) {
  const auto session = sessions_.find(context, id);
  return session && session->expires_at > clock_.now();
}

std::vector<kernel::SessionId> StoredSessionResolver::live_of(const ReadContext& context,
                                                              std::span<const kernel::SessionId> sessions) {
  return sessions_.live_of(context, sessions, clock_.now());
}

}  // namespace orbit::identity
