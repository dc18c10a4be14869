#include "app/password.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace orbit::app {

using kernel::ErrorKind;
using kernel::failure;

kernel::Result<std::string> read_password(bool from_stdin) {
  if (from_stdin) {
    std::string line;
    if (!std::getline(std::cin, line)) {
      return failure(ErrorKind::invalid, "password.missing", "Standard input holds no password.");
    }
    return line;
  }
  if (const char* given = std::getenv("ORBIT_PASSWORD")) return given;
  const char* answer = isatty(STDIN_FILENO) != 0 ? getpass("Password: ") : nullptr;
  if (answer == nullptr) {
    return failure(
        ErrorKind::invalid, "password.missing",
        "There is no terminal to ask for the password on: give it in ORBIT_PASSWORD, or by --password-stdin.");
  }
  return answer;
}

}  // namespace orbit::app
