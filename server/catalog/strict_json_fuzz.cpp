// Any text as JSON: what is taken must be JSON for Boost.JSON, too, say the same when it is written and read again, and
// keep to the limits. The first byte of the input is the depth, the second the number of keys of an object.
#include <boost/json.hpp>
#include <cmath>

#include "catalog/strict_json.hpp"
#include "kernel/testing/fuzzing.hpp"
#include "kernel/utf8_validator.hpp"

namespace orbit::catalog {
namespace {

namespace json = boost::json;
using kernel::require;

std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

void check_string(json::string_view text) { require(kernel::is_valid_utf8(view(text))); }

void check(const json::value& value, const JsonLimits& limits, std::size_t depth) {
  require(depth <= limits.depth);
  if (const auto* object = value.if_object()) {
    require(object->size() <= limits.keys);
    for (const auto& [key, member] : *object) {
      check_string(key);
      check(member, limits, depth + (member.is_structured() ? 1 : 0));
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) check(element, limits, depth + (element.is_structured() ? 1 : 0));
  } else if (const auto* text = value.if_string()) {
    check_string(*text);
  } else if (const auto* number = value.if_double()) {
    require(std::isfinite(*number));
  }
}

void check_refusal(const kernel::Error& error) {
  require(error.code.starts_with("json.") && kernel::is_valid_utf8(error.message) && error.message.size() < 8192);
  for (const auto& field : error.fields) require(kernel::is_valid_utf8(field.field));
}

void try_text(std::string_view text, const JsonLimits& limits) {
  const auto value = parse_strict_json(text, limits);
  if (!value) return check_refusal(value.error());
  check(*value, limits, value->is_structured() ? 1 : 0);

  json::parse_options options;
  options.max_depth = limits.depth;
  json::error_code error;
  require(json::parse(json::string_view(text.data(), text.size()), error, {}, options).kind() == value->kind() &&
          !error);
  const std::string written = json::serialize(*value);
  const auto again = parse_strict_json(written, limits);
  require(again.has_value() && json::serialize(*again) == written);
}

}  // namespace
}  // namespace orbit::catalog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const orbit::catalog::JsonLimits limits{.depth = data[0] % 40U, .keys = data[1]};
  orbit::catalog::try_text(orbit::kernel::fuzz_input(data, size).substr(2), limits);
  return 0;
}
