// Operator keys in the database. Stateless: any thread, with a context of that thread's own.
#pragma once

#include "identity/operator_key.hpp"

namespace orbit::storage {

class SociOperatorKeyRepository final : public identity::OperatorKeyRepository {
 public:
  [[nodiscard]] std::optional<identity::OperatorKey> find_by_secret_hash(const kernel::ReadContext& context,
                                                                         std::string_view secret_hash) const override;
  [[nodiscard]] std::vector<identity::OperatorKey> list(const kernel::ReadContext& context) const override;
  void add(kernel::WriteContext& context, const identity::OperatorKey& key) const override;
  void note_use(kernel::WriteContext& context, identity::OperatorKeyId id, kernel::Timestamp now) const override;
  bool remove(kernel::WriteContext& context, identity::OperatorKeyId id) const override;
};

}  // namespace orbit::storage
