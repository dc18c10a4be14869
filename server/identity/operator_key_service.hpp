// OperatorKeyService: making, listing, revoking and recognising operator keys. Blocks on the database: workers, and the
// command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/operator_key.hpp"
#include "identity/sign_in_limiter.hpp"

namespace orbit::identity {

struct OperatorKeyDraft {
  std::string name;
  OperatorScopes scopes;
  std::optional<kernel::WorkspaceId> workspace;
};

struct NewOperatorKey {
  OperatorKey key;
  std::string secret;  // shown once, stored nowhere
};

class OperatorKeyService {
 public:
  OperatorKeyService(kernel::UnitOfWork& unit_of_work, const OperatorKeyRepository& keys, const kernel::Clock& clock);

  /// Errors: field "name", too_many "key.too_many".
  [[nodiscard]] kernel::Result<NewOperatorKey> create(OperatorKeyDraft draft);

  /// Oldest first.
  [[nodiscard]] kernel::Result<std::vector<OperatorKey>> list();

  /// Error: not_found.
  [[nodiscard]] kernel::Result<> revoke(OperatorKeyId id);

  /// The key of that secret. An address that failed too often in a while is refused whatever it shows. Errors:
  /// unauthenticated "key.required", too_many "key.too_many_attempts".
  [[nodiscard]] kernel::Result<OperatorKey> authenticate(std::string_view secret, std::string_view address);

 private:
  kernel::UnitOfWork& unit_of_work_;
  const OperatorKeyRepository& keys_;
  const kernel::Clock& clock_;
  SignInLimiter limiter_;
};

}  // namespace orbit::identity
