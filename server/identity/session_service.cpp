#include "identity/session_service.hpp"

#include <algorithm>
#include <iterator>

namespace orbit::identity {

using kernel::ErrorKind;
using kernel::failure;
using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

namespace {

// What is stored was so by the rules of that time, which may have been laxer.
kernel::Timestamp expiry_of(const Session& session, const SessionRules& rules) {
  return std::min(session.expires_at, rules.expiry(session.created_at, session.last_used_at));
}

}  // namespace

SessionService::SessionService(kernel::UnitOfWork& unit_of_work, const UserRepository& users,
                               const SessionRepository& sessions, const PasswordHasher& hasher, SignInLimiter& limiter,
                               SessionListener& listener, const kernel::Clock& clock, SessionRules rules)
    : unit_of_work_(unit_of_work),
      users_(users),
      sessions_(sessions),
      hasher_(hasher),
      limiter_(limiter),
      listener_(listener),
      clock_(clock),
      rules_(rules) {}

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
  auto signed_in = unit_of_work_.run([&](WriteContext& context) -> Result<SignedIn> {
    context.lock(user.id);
    sessions_.remove_expired(context, clock_.now());
    return start(context, user, attempt);
  });
  if (signed_in) announce(*signed_in);
  return signed_in;
}

void SessionService::announce(const SignedIn& signed_in) const {
  for (const kernel::SessionId session : signed_in.ended) listener_.session_ended(session);
}

std::vector<kernel::SessionId> SessionService::remove_replaced(WriteContext& context, std::string_view token) const {
  if (token.empty()) return {};
  const auto replaced = sessions_.find_by_token_hash(context, hash_token(token));
  if (!replaced) return {};
  sessions_.remove(context, replaced->id);
  return {replaced->id};
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

SignedIn SessionService::start(WriteContext& context, const User& user, const SignIn& attempt) const {
  auto ended = remove_replaced(context, attempt.replaced_token);
  std::ranges::copy(make_room(context, user.id), std::back_inserter(ended));
  const auto now = clock_.now();
  std::string token = new_token();
  Session session{kernel::SessionId::create(clock_),
                  user.id,
                  hash_token(token),
                  std::string(attempt.user_agent.substr(0, 256)),
                  std::string(attempt.address.substr(0, 64)),
                  now,
                  now,
                  rules_.expiry(now, now)};
  sessions_.add(context, session);
  return {user, std::move(session), std::move(token), std::move(ended)};
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
  return end_if(id, [user](const Session& session) { return session.user_id == user; });
}

Result<> SessionService::revoke(kernel::SessionId id) {
  return end_if(id, [](const Session&) { return true; });
}

Result<> SessionService::end_if(kernel::SessionId id, const std::function<bool(const Session&)>& may_end) {
  const auto ended = unit_of_work_.run([&](WriteContext& context) -> Result<> {
    const auto session = sessions_.find(context, id);
    if (!session || !may_end(*session)) {
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
  if (!*found || expiry_of(**found, rules_) <= now) return nobody();

  Session session = **found;
  const bool outlives_rules = session.expires_at > expiry_of(session, rules_);
  if (outlives_rules || now - session.last_used_at >= rules_.use_interval()) {
    session.last_used_at = now;
    session.expires_at = rules_.expiry(session.created_at, now);
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
  return session && expiry_of(*session, rules_) > clock_.now();
}

std::vector<LiveSession> StoredSessionResolver::live_of(const ReadContext& context,
                                                        std::span<const kernel::SessionId> sessions) {
  return sessions_.live_of(context, sessions, clock_.now());
}

}  // namespace orbit::identity
