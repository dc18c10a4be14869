// outcome(): a Result in a few words, for tests to compare: "ok", "conflict role.in_use", "invalid name too_long".
#pragma once

#include <array>
#include <string>

#include "kernel/error.hpp"

namespace orbit::kernel {

template <class T>
[[nodiscard]] std::string outcome(const Result<T>& result) {
  constexpr std::array kinds{"invalid", "unauthenticated", "forbidden",   "not_found", "conflict",
                             "gone",    "too_many",        "unavailable", "internal"};
  if (result) return "ok";
  const Error& error = result.error();
  std::string words = kinds.at(static_cast<std::size_t>(error.kind));
  if (error.code != "validation") return words + " " + error.code;
  for (const FieldError& field : error.fields) words += " " + field.field + " " + field.code;
  return words;
}

}  // namespace orbit::kernel
