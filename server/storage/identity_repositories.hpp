// Users and sessions in the database. Stateless: any thread, with a context of that thread's own.
#pragma once

#include "identity/repositories.hpp"

namespace orbit::storage {

class SociUserRepository final : public identity::UserRepository {
 public:
  [[nodiscard]] std::optional<identity::User> find(const kernel::ReadContext& context,
                                                   kernel::UserId id) const override;
  [[nodiscard]] std::optional<identity::User> find_by_email(const kernel::ReadContext& context,
                                                            std::string_view email) const override;
  void add(kernel::WriteContext& context, const identity::User& user) const override;
  void update(kernel::WriteContext& context, const identity::User& user) const override;
};

class SociSessionRepository final : public identity::SessionRepository {
 public:
  [[nodiscard]] std::optional<identity::Session> find(const kernel::ReadContext& context,
                                                      kernel::SessionId id) const override;
  [[nodiscard]] std::optional<identity::Session> find_by_token_hash(const kernel::ReadContext& context,
                                                                    std::string_view token_hash) const override;
  [[nodiscard]] std::vector<identity::Session> list_of_user(const kernel::ReadContext& context,
                                                            kernel::UserId user) const override;
  [[nodiscard]] std::vector<identity::LiveSession> live_of(const kernel::ReadContext& context,
                                                           std::span<const kernel::SessionId> ids,
                                                           kernel::Timestamp now) const override;
  void add(kernel::WriteContext& context, const identity::Session& session) const override;
  void update_use(kernel::WriteContext& context, const identity::Session& session) const override;
  void remove(kernel::WriteContext& context, kernel::SessionId id) const override;
  void remove_expired(kernel::WriteContext& context, kernel::Timestamp now) const override;
};

}  // namespace orbit::storage
