#include "storage/identity_repositories.hpp"

#include "storage/soci_context.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

using identity::LiveSession;
using identity::Session;
using identity::User;
using kernel::ReadContext;
using kernel::SessionId;
using kernel::Timestamp;
using kernel::UserId;
using kernel::WriteContext;

namespace {

template <class... In>
std::optional<User> select_user(const ReadContext& context, const std::string& where, const In&... in) {
  auto row = select_one<UserId, std::string, std::string, std::string, Timestamp>(
      session_of(context), "SELECT id, email, name, password_hash, created_at FROM users " + where, in...);
  if (!row) return std::nullopt;
  return std::make_from_tuple<User>(std::move(*row));
}

template <class... In>
std::vector<Session> select_sessions(const ReadContext& context, const std::string& where, const In&... in) {
  std::vector<Session> sessions;
  for (auto& row : select<SessionId, UserId, std::string, std::string, std::string, Timestamp, Timestamp, Timestamp>(
           session_of(context),
           "SELECT id, user_id, token_hash, user_agent, address, created_at, last_used_at, expires_at FROM sessions " +
               where,
           in...)) {
    sessions.push_back(std::make_from_tuple<Session>(std::move(row)));
  }
  return sessions;
}

std::optional<Session> first(std::vector<Session> sessions) {
  if (sessions.empty()) return std::nullopt;
  return std::move(sessions.front());
}

}  // namespace

std::optional<User> SociUserRepository::find(const ReadContext& context, UserId id) const {
  return select_user(context, "WHERE id = :id", id);
}

std::optional<User> SociUserRepository::find_by_email(const ReadContext& context, std::string_view email) const {
  return select_user(context, "WHERE email = :email", std::string(email));
}

void SociUserRepository::add(WriteContext& context, const User& user) const {
  execute(session_of(context),
          "INSERT INTO users (id, email, name, password_hash, created_at) VALUES (:a, :b, :c, :d, :e)", user.id,
          user.email, user.name, user.password_hash, user.created_at);
}

void SociUserRepository::update(WriteContext& context, const User& user) const {
  execute(session_of(context), "UPDATE users SET email = :a, name = :b, password_hash = :c WHERE id = :d", user.email,
          user.name, user.password_hash, user.id);
}

std::optional<Session> SociSessionRepository::find(const ReadContext& context, SessionId id) const {
  return first(select_sessions(context, "WHERE id = :id", id));
}

std::optional<Session> SociSessionRepository::find_by_token_hash(const ReadContext& context,
                                                                 std::string_view token_hash) const {
  return first(select_sessions(context, "WHERE token_hash = :hash", std::string(token_hash)));
}

std::vector<Session> SociSessionRepository::list_of_user(const ReadContext& context, UserId user) const {
  return select_sessions(context, "WHERE user_id = :user ORDER BY created_at DESC, id DESC", user);
}

std::vector<LiveSession> SociSessionRepository::live_of(const ReadContext& context, std::span<const SessionId> ids,
                                                        Timestamp now) const {
  DatabaseSession& session = session_of(context);
  std::vector<LiveSession> live;
  for (const auto& [id, expires_at] : select<SessionId, Timestamp>(
           session, "SELECT id, expires_at FROM sessions WHERE id IN " + listed_ids(session) + " AND expires_at > :now",
           to_list(ids), now)) {
    live.push_back({id, expires_at});
  }
  return live;
}

void SociSessionRepository::add(WriteContext& context, const Session& session) const {
  execute(session_of(context),
          "INSERT INTO sessions (id, user_id, token_hash, user_agent, address, created_at, last_used_at, expires_at) "
          "VALUES (:a, :b, :c, :d, :e, :f, :g, :h)",
          session.id, session.user_id, session.token_hash, session.user_agent, session.address, session.created_at,
          session.last_used_at, session.expires_at);
}

void SociSessionRepository::update_use(WriteContext& context, const Session& session) const {
  execute(session_of(context), "UPDATE sessions SET last_used_at = :a, expires_at = :b WHERE id = :c",
          session.last_used_at, session.expires_at, session.id);
}

void SociSessionRepository::remove(WriteContext& context, SessionId id) const {
  execute(session_of(context), "DELETE FROM sessions WHERE id = :id", id);
}

void SociSessionRepository::remove_expired(WriteContext& context, Timestamp now) const {
  DatabaseSession& session = session_of(context);
  if (session.kind() == DatabaseSession::Kind::sqlite) {
    execute(session, "DELETE FROM sessions WHERE expires_at <= :now", now);
  } else {
    // What another transaction is about to remove is left to it, so that no two wait for each other.
    execute(
        session,
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= :now FOR UPDATE SKIP LOCKED)",
        now);
  }
}

}  // namespace orbit::storage
