// Errors as values. An Error says what went wrong in words a caller can act on; its code is stable and public.
// Plain data: any thread.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace orbit::kernel {

enum class ErrorKind {
  invalid,          // the input is malformed or breaks a rule on a field
  unauthenticated,  // nobody is signed in
  forbidden,        // signed in, but not allowed
  not_found,        // no such thing, or not for the caller's eyes
  conflict,         // at odds with the present state
  gone,             // was there once: used, revoked, expired
  too_many,         // a limit was reached
  unavailable,      // try again later
  internal,         // our fault
};

struct FieldError {
  std::string field;    // a JSON Pointer-like path: "permissions/3"
  std::string code;     // stable: "required", "too_long"
  std::string message;  // for people

  bool operator==(const FieldError&) const = default;
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string code;     // stable and public: "workspace.slug_taken"
  std::string message;  // one sentence for people, without secrets
  std::vector<FieldError> fields = {};
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

template <class T = void>
using Result = std::expected<T, Error>;

/// Shorthand for the usual failure return: `return failure(ErrorKind::conflict, "role.in_use", "…")`.
[[nodiscard]] inline std::unexpected<Error> failure(ErrorKind kind, std::string code, std::string message) {
  return std::unexpected(Error{kind, std::move(code), std::move(message)});
}

/// An `invalid` error about one field, with the code "validation".
[[nodiscard]] inline std::unexpected<Error> invalid_field(std::string field, std::string code, std::string message) {
  Error error{ErrorKind::invalid, "validation", message};
  error.fields.push_back({std::move(field), std::move(code), std::move(message)});
  return std::unexpected(std::move(error));
}

}  // namespace orbit::kernel
