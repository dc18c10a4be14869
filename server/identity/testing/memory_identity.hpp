// Identity's repositories in memory, for tests of rules. Belong to the test's thread.
#pragma once

#include <string>
#include <vector>

#include "identity/session_service.hpp"
#include "kernel/testing/memory_unit_of_work.hpp"

namespace orbit::identity {

class MemoryUserRepository final : public UserRepository {
 public:
  explicit MemoryUserRepository(kernel::MemoryUnitOfWork& unit_of_work) { unit_of_work.enlist(table_); }

  [[nodiscard]] std::optional<User> find(const kernel::ReadContext&, kernel::UserId id) const override {
    return table_.find(id);
  }
  [[nodiscard]] std::optional<User> find_by_email(const kernel::ReadContext&, std::string_view email) const override {
    return table_.first([&](const User& user) { return user.email == email; });
  }
  void add(kernel::WriteContext&, const User& user) const override { table_.put(user); }
  void update(kernel::WriteContext&, const User& user) const override { table_.put(user); }

 private:
  mutable kernel::MemoryTable<User> table_;
};

class MemorySessionRepository final : public SessionRepository {
 public:
  explicit MemorySessionRepository(kernel::MemoryUnitOfWork& unit_of_work) { unit_of_work.enlist(table_); }

  [[nodiscard]] std::optional<Session> find(const kernel::ReadContext&, kernel::SessionId id) const override {
    return table_.find(id);
  }
  [[nodiscard]] std::optional<Session> find_by_token_hash(const kernel::ReadContext&,
                                                          std::string_view token_hash) const override {
    return table_.first([&](const Session& session) { return session.token_hash == token_hash; });
  }
  [[nodiscard]] std::vector<Session> list_of_user(const kernel::ReadContext&, kernel::UserId user) const override {
    auto sessions = table_.where([&](const Session& session) { return session.user_id == user; });
    std::ranges::reverse(sessions);
    return sessions;
  }
  [[nodiscard]] std::vector<LiveSession> live_of(const kernel::ReadContext&, std::span<const kernel::SessionId> ids,
                                                 kernel::Timestamp now) const override {
    std::vector<LiveSession> live;
    for (const kernel::SessionId id : ids) {
      const auto session = table_.find(id);
      if (session && session->expires_at > now) live.push_back({id, session->expires_at});
    }
    return live;
  }
  void add(kernel::WriteContext&, const Session& session) const override { table_.put(session); }
  void update_use(kernel::WriteContext&, const Session& session) const override { table_.put(session); }
  void remove(kernel::WriteContext&, kernel::SessionId id) const override { table_.erase(id); }
  void remove_expired(kernel::WriteContext&, kernel::Timestamp now) const override {
    for (const Session& old : table_.where([&](const Session& session) { return session.expires_at <= now; })) {
      table_.erase(old.id);
    }
  }

 private:
  mutable kernel::MemoryTable<Session> table_;
};

class RecordingSessionListener final : public SessionListener {
 public:
  void session_ended(kernel::SessionId session) override { ended.push_back(session); }
  std::vector<kernel::SessionId> ended;
};

}  // namespace orbit::identity
