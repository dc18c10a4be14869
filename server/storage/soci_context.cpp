#include "storage/soci_context.hpp"

#include "storage/sql.hpp"

namespace orbit::storage {

void SociContext::take_lock(kernel::WorkspaceId workspace) {
  if (session_.kind() == DatabaseSession::Kind::sqlite) return;
  static_cast<void>(
      select<kernel::Seq>(session_, "SELECT seq FROM streams WHERE workspace_id = :workspace FOR UPDATE", workspace));
}

// Rows that refer to the person may be added meanwhile.
void SociContext::take_lock(kernel::UserId person) {
  if (session_.kind() == DatabaseSession::Kind::sqlite) return;
  static_cast<void>(
      select<kernel::UserId>(session_, "SELECT id FROM users WHERE id = :person FOR NO KEY UPDATE", person));
}

}  // namespace orbit::storage
