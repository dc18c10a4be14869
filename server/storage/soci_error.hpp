// What a database error means to those above. Plain function: any thread.
#pragma once

#include <soci/error.h>

#include "kernel/error.hpp"

namespace orbit::storage {

/// conflict "database.conflict" for a broken constraint; unavailable "database.busy" for a lock; unavailable
/// "database.full" for a full disk; unavailable "database.unavailable" for all else.
[[nodiscard]] kernel::Error to_error(const soci::soci_error& error);

}  // namespace orbit::storage
