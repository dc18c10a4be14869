#include "catalog/strict_json.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace orbit::catalog {

namespace json = boost::json;
using kernel::Error;
using kernel::ErrorKind;
using kernel::Result;

namespace {

enum class Fault { none, duplicate_key, too_many_keys, number_out_of_range };

// What is under way: an object with the keys it has had, or an array.
struct Container {
  bool is_array = false;
  std::size_t values = 0;  // of an array, with the one under way
  std::set<std::string> keys = {};
  std::string key = {};  // of the value under way
};

// Builds the value, and stops at what Boost.JSON would take. The names of the members are Boost.JSON's.
struct StrictHandler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit StrictHandler(std::size_t keys) : max_keys(keys) { stack.reset(); }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) {
    begin_value();
    open.push_back({.is_array = true});
    return true;
  }
  bool on_array_end(std::size_t values, json::error_code&) {
    open.pop_back();
    stack.push_array(values);
    return true;
  }
  bool on_object_begin(json::error_code&) {
    begin_value();
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t members, json::error_code&) {
    open.pop_back();
    stack.push_object(members);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    stack.push_chars(part);
    return true;
  }
  bool on_key(json::string_view last_part, std::size_t, json::error_code& error) {
    key.append(last_part.data(), last_part.size());
    stack.push_key(last_part);
    Container& object = open.back();
    object.key = std::exchange(key, {});
    if (!object.keys.insert(object.key).second) return stop(Fault::duplicate_key, error);
    return object.keys.size() <= max_keys || stop(Fault::too_many_keys, error);
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(json::string_view last_part, std::size_t, json::error_code&) {
    begin_value();
    stack.push_string(last_part);
    return true;
  }
  bool on_number_part(json::string_view part, json::error_code&) {
    number_text.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    begin_value();
    number_text.clear();
    stack.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    begin_value();
    number_text.clear();
    stack.push_uint64(number);
    return true;
  }
  // Boost.JSON's own number may be beside the nearest one, and would come out as another text than it came in.
  bool on_double(double number, json::string_view last_part, json::error_code& error) {
    begin_value();
    number_text.append(last_part.data(), last_part.size());
    std::from_chars(number_text.data(), number_text.data() + number_text.size(), number);
    number_text.clear();
    stack.push_double(number);
    return std::isfinite(number) || stop(Fault::number_out_of_range, error);
  }
  bool on_bool(bool value, json::error_code&) {
    begin_value();
    stack.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    begin_value();
    stack.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  void begin_value() {
    if (!open.empty() && open.back().is_array) ++open.back().values;
  }
  bool stop(Fault found, json::error_code& error) {
    fault = found;
    error = json::error::syntax;
    return false;
  }

  json::value_stack stack;
  std::size_t max_keys;
  std::vector<Container> open;
  std::string key;
  std::string number_text;
  Fault fault = Fault::none;
};

// The front of a text that may be anything, to show it: cut between characters.
std::string shown(const std::string& text) {
  constexpr std::size_t most = 64;
  if (text.size() <= most) return text;
  std::size_t end = most;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string place_of(const std::vector<Container>& open) {
  std::string place;
  for (const Container& container : open) {
    if (container.is_array ? container.values == 0 : container.key.empty()) break;
    if (!place.empty()) place += '/';
    place += container.is_array ? std::to_string(container.values - 1) : shown(container.key);
  }
  return place;
}

Error refusal(const StrictHandler& handler, const json::error_code& error, const JsonLimits& limits) {
  std::string place = place_of(handler.open);
  const std::string where = place.empty() ? "" : " (at " + place + ")";
  const auto refused = [&](std::string kind, std::string message) {
    Error refusal{ErrorKind::invalid, "json." + kind, message};
    if (!place.empty()) refusal.fields.push_back({std::move(place), std::move(kind), std::move(message)});
    return refusal;
  };
  switch (handler.fault) {
    case Fault::duplicate_key:
      return refused("duplicate_key", "The JSON has a key twice in one object" + where + ".");
    case Fault::too_many_keys:
      return refused("too_many_keys",
                     "An object of the JSON has more than " + std::to_string(limits.keys) + " keys" + where + ".");
    case Fault::number_out_of_range:
      return refused("number_out_of_range", "The JSON has a number that is too large" + where + ".");
    case Fault::none:
      break;
  }
  if (error == json::error::exponent_overflow) {
    return refused("number_out_of_range", "The JSON has a number with an exponent that is too large" + where + ".");
  }
  if (error == json::error::too_deep) {
    return refused("too_deep",
                   "The JSON is nested deeper than " + std::to_string(limits.depth) + " levels" + where + ".");
  }
  return refused("malformed", "This is not well-formed JSON: " + error.message() + where + ".");
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view text, const JsonLimits& limits) {
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<StrictHandler> parser(options, limits.keys);
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error) return std::unexpected(refusal(parser.handler(), error, limits));
  return parser.handler().stack.release();
}

}  // namespace orbit::catalog
