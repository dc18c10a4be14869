// ServingLock: while it lives, nobody else serves the SQLite file, and nobody puts another in its place. Owned by the
// node that serves, or by a restore; any thread. The system lets go of it when the process ends, however it ends.
#pragma once

#include <string_view>
#include <utility>

#include "kernel/error.hpp"

namespace orbit::storage {

class ServingLock {
 public:
  /// Makes the file's folder, and PATH.lock in it, which stays. Of PostgreSQL there is nothing to lock. Errors:
  /// conflict "database.served", which names the process; unavailable "database.cannot_write"; those of
  /// parse_database_url.
  [[nodiscard]] static kernel::Result<ServingLock> take(std::string_view url);

  ServingLock(ServingLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ServingLock& operator=(ServingLock&&) = delete;
  ~ServingLock();

 private:
  explicit ServingLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace orbit::storage
