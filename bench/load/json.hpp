// Json: a value to be written down, with its keys in the order that they were given. Plain data.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "load/samples.hpp"

namespace orbit::bench {

class Json {
 public:
  Json(double number) : value_(number) {}                // NOLINT(google-explicit-constructor): reads as JSON does
  Json(std::string text) : value_(std::move(text)) {}    // NOLINT(google-explicit-constructor)
  Json(const char* text) : value_(std::string(text)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] static Json object() { return Json(Object{}); }
  [[nodiscard]] static Json array() { return Json(Array{}); }

  /// Median, least, most, and each value.
  [[nodiscard]] static Json of(const Samples& samples);
  /// Only percentiles: for samples by the thousand.
  [[nodiscard]] static Json percentiles(const Samples& samples);

  /// Of an object. Returns itself, for the next.
  Json& set(std::string key, Json value);
  /// Of an array.
  Json& push(Json value);

  [[nodiscard]] std::string text(int depth = 0) const;

 private:
  using Object = std::vector<std::pair<std::string, Json>>;
  using Array = std::vector<Json>;

  explicit Json(Object object) : value_(std::move(object)) {}
  explicit Json(Array array) : value_(std::move(array)) {}

  std::variant<double, std::string, Array, Object> value_;
};

}  // namespace orbit::bench
