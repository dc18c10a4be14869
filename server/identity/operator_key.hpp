// OperatorKey: what an operator's program shows to the operator API. Its secret is known to whoever made it only; what
// is stored is the secret's hash. Plain data: any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"
#include "kernel/id.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::identity {

struct OperatorKeyTag {
  static constexpr std::string_view prefix = "key_";
};
using OperatorKeyId = kernel::Id<OperatorKeyTag>;

/// What a key is good for. None includes another.
enum class OperatorScope { read, disconnect, publish };
using OperatorScopes = std::vector<OperatorScope>;

struct OperatorKey {
  OperatorKeyId id;
  std::string name;  // for people; may be empty
  OperatorScopes scopes;
  std::optional<kernel::WorkspaceId> workspace;  // the one that it is good for; nullopt for all, and the node itself
  std::string secret_hash;
  kernel::Timestamp created_at;
  std::optional<kernel::Timestamp> last_used_at;

  [[nodiscard]] bool may(OperatorScope scope) const;
};

/// A use within this time of the last one noted is not noted: reading must not cost a write each time.
inline constexpr std::chrono::minutes operator_key_use_interval{1};

inline constexpr std::size_t max_operator_key_name_bytes = 64;

/// More keys than this at once are refused.
inline constexpr std::size_t max_operator_keys = 1'000;

[[nodiscard]] std::string_view name_of(OperatorScope scope);

/// "read disconnect": as they are stored and shown.
[[nodiscard]] std::string to_words(const OperatorScopes& scopes);

/// Words between spaces or commas, in any order, each counted once. Error: field "scope".
[[nodiscard]] kernel::Result<OperatorScopes> parse_scopes(std::string_view words);

class OperatorKeyRepository {
 public:
  virtual ~OperatorKeyRepository() = default;
  [[nodiscard]] virtual std::optional<OperatorKey> find_by_secret_hash(const kernel::ReadContext& context,
                                                                       std::string_view secret_hash) const = 0;

  /// Oldest first.
  [[nodiscard]] virtual std::vector<OperatorKey> list(const kernel::ReadContext& context) const = 0;
  virtual void add(kernel::WriteContext& context, const OperatorKey& key) const = 0;
  virtual void note_use(kernel::WriteContext& context, OperatorKeyId id, kernel::Timestamp now) const = 0;

  /// Whether there was one.
  virtual bool remove(kernel::WriteContext& context, OperatorKeyId id) const = 0;
};

}  // namespace orbit::identity
