// What a database error means to those above. Plain functions: any thread.
#pragma once

#include <soci/error.h>

#include "kernel/error.hpp"

namespace orbit::storage {

/// conflict "database.conflict" for a broken constraint; unavailable "database.busy" for a lock, or for transactions
/// that waited for each other; unavailable "database.full" for a full disk, "database.read_only" and
/// "database.damaged" for a SQLite file that is; unavailable "database.too_slow" for a
/// statement that took too long; unavailable "database.unavailable" for all else.
[[nodiscard]] kernel::Error to_error(const soci::soci_error& error);

/// What went wrong in which statement, for the log: without the values in it, some of which are nobody's business.
[[nodiscard]] std::string describe(const soci::soci_error& error);

/// Whether somebody else was quicker to take a unique value, while this transaction couldn't see it.
[[nodiscard]] bool is_taken(const soci::soci_error& error);

[[nodiscard]] kernel::Error busy_error();         // unavailable "database.busy"
[[nodiscard]] kernel::Error unavailable_error();  // unavailable "database.unavailable"

}  // namespace orbit::storage
