#include "identity/operator_key_service.hpp"

#include <algorithm>

#include "identity/session.hpp"

namespace orbit::identity {

using kernel::ErrorKind;
using kernel::failure;
using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

namespace {

// So that whoever finds one knows what it is.
constexpr std::string_view secret_prefix = "orbit_key_";
constexpr std::size_t max_secret_bytes = 128;
constexpr int failures_per_address = 50;

bool is_name(std::string_view name) {
  return name.size() <= max_operator_key_name_bytes &&
         std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

OperatorKeyService::OperatorKeyService(kernel::UnitOfWork& unit_of_work, const OperatorKeyRepository& keys,
                                       const kernel::Clock& clock)
    : unit_of_work_(unit_of_work),
      keys_(keys),
      clock_(clock),
      limiter_(clock, {.failures_per_account = failures_per_address, .failures_per_address = failures_per_address}) {}

Result<NewOperatorKey> OperatorKeyService::create(OperatorKeyDraft draft) {
  if (!is_name(draft.name)) {
    return kernel::invalid_field("name", "bad_name", "A key's name may have at most 64 printable characters of ASCII.");
  }
  NewOperatorKey made;
  made.secret = std::string(secret_prefix) + new_token();
  made.key = {OperatorKeyId::create(clock_),
              std::move(draft.name),
              std::move(draft.scopes),
              draft.workspace,
              hash_token(made.secret),
              clock_.now(),
              std::nullopt};
  const auto added = unit_of_work_.run([&](WriteContext& context) -> Result<> {
    if (keys_.list(context).size() >= max_operator_keys) {
      return failure(ErrorKind::too_many, "key.too_many", "There are too many operator keys. Revoke some first.");
    }
    keys_.add(context, made.key);
    return {};
  });
  if (!added) return std::unexpected(added.error());
  return made;
}

Result<std::vector<OperatorKey>> OperatorKeyService::list() {
  return unit_of_work_.read(
      [&](const ReadContext& context) -> Result<std::vector<OperatorKey>> { return keys_.list(context); });
}

Result<> OperatorKeyService::revoke(OperatorKeyId id) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    if (keys_.remove(context, id)) return {};
    return failure(ErrorKind::not_found, "not_found", "There is no such key.");
  });
}

Result<OperatorKey> OperatorKeyService::authenticate(std::string_view secret, std::string_view address) {
  if (auto allowed = limiter_.take_attempt(address, address); !allowed) {
    kernel::Error error = allowed.error();
    error.code = "key.too_many_attempts";
    error.message = "There were too many requests without a valid key. Wait a while, then try again.";
    return std::unexpected(std::move(error));
  }
  const auto nobody = [] {
    return failure(ErrorKind::unauthenticated, "key.required", "This needs a valid key: Authorization: Bearer KEY.");
  };
  if (!secret.starts_with(secret_prefix) || secret.size() > max_secret_bytes) return nobody();
  const auto found = unit_of_work_.read([&](const ReadContext& context) -> Result<std::optional<OperatorKey>> {
    return keys_.find_by_secret_hash(context, hash_token(secret));
  });
  if (!found) {
    limiter_.succeeded(address, address);  // nothing was guessed
    return std::unexpected(found.error());
  }
  if (!*found) return nobody();
  limiter_.succeeded(address, address);

  OperatorKey key = **found;
  const auto now = clock_.now();
  if (!key.last_used_at || now - *key.last_used_at >= operator_key_use_interval) {
    // Should this fail, the key shows as used a little earlier than it was: no reason to refuse the request.
    static_cast<void>(unit_of_work_.run([&](WriteContext& context) -> Result<> {
      keys_.note_use(context, key.id, now);
      return {};
    }));
  }
  return key;
}

}  // namespace orbit::identity
