#include "load/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orbit::bench {

namespace {

std::string number_text(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, number == std::floor(number) ? "%.0f" : "%.4g", number);
  return buffer;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c < ' ' && c >= 0 ? ' ' : c;
  }
  return out + "\"";
}

}  // namespace

Json Json::of(const Samples& samples) {
  Json values = array();
  for (const double value : samples.values()) values.push(value);
  Json summary = object();
  summary.set("median", samples.median()).set("least", samples.least()).set("most", samples.most());
  return std::move(summary.set("values", std::move(values)));
}

Json Json::percentiles(const Samples& samples) {
  Json summary = object();
  summary.set("samples", static_cast<double>(samples.size()));
  summary.set("p50", samples.percentile(50)).set("p90", samples.percentile(90)).set("p99", samples.percentile(99));
  return std::move(summary.set("most", samples.most()));
}

Json& Json::set(std::string key, Json value) {
  std::get<Object>(value_).emplace_back(std::move(key), std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

std::string Json::text(int depth) const {
  if (const auto* number = std::get_if<double>(&value_)) return number_text(*number);
  if (const auto* string = std::get_if<std::string>(&value_)) return quoted(*string);
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  std::string out;
  if (const auto* values = std::get_if<Array>(&value_)) {
    for (const Json& value : *values) out += (out.empty() ? "" : ", ") + value.text(depth + 1);
    return "[" + out + "]";
  }
  for (const auto& [key, value] : std::get<Object>(value_)) {
    out += (out.empty() ? "\n" : ",\n") + indent + "  " + quoted(key) + ": " + value.text(depth + 1);
  }
  return "{" + out + "\n" + indent + "}";
}

}  // namespace orbit::bench
