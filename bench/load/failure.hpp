// Failure: why a measurement can't go on, for the person who started it. Plain data.
#pragma once

#include <cerrno>
#include <cstring>
#include <expected>
#include <string>

namespace orbit::bench {

struct Failure {
  std::string what;
};

template <class T = void>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> failure(std::string what) {
  return std::unexpected(Failure{std::move(what)});
}

/// With what errno says.
[[nodiscard]] inline std::unexpected<Failure> system_failure(const std::string& what) {
  return failure(what + ": " + std::strerror(errno));
}

}  // namespace orbit::bench
