// Where the commands of a terminal get a password from. Blocks; for the main thread.
#pragma once

#include <string>

#include "kernel/error.hpp"

namespace orbit::app {

/// The first line of standard input if `from_stdin`, else ORBIT_PASSWORD, else what the terminal answers, unseen.
/// Error: invalid "password.missing" where there is no password and nobody to ask.
[[nodiscard]] kernel::Result<std::string> read_password(bool from_stdin);

}  // namespace orbit::app
