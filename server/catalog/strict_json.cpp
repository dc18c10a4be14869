#include "catalog/strict_json.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <string>
#include <unordered_set>
#include <vector>

namespace orbit::catalog {

namespace json = boost::json;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

// Stops at the first key that an object has already had. The names of the members are Boost.JSON's.
struct DuplicateKeyFinder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    keys_of_open_objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    keys_of_open_objects.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view last_part, std::size_t, json::error_code& error) {
    key.append(last_part.data(), last_part.size());
    if (!keys_of_open_objects.back().insert(key).second) {
      found = true;
      error = json::error::syntax;
      return false;
    }
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  std::vector<std::unordered_set<std::string>> keys_of_open_objects;
  std::string key;
  bool found = false;
};

}  // namespace

Result<json::value> parse_strict_json(std::string_view text, std::size_t max_depth) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<DuplicateKeyFinder> finder(options);
  json::error_code error;
  finder.write_some(false, text.data(), text.size(), error);
  if (finder.handler().found) {
    return failure(ErrorKind::invalid, "json.duplicate_key",
                   "The JSON has the key \"" + finder.handler().key + "\" twice in one object.");
  }

  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error == json::error::too_deep) {
    return failure(ErrorKind::invalid, "json.too_deep",
                   "The JSON is nested deeper than " + std::to_string(max_depth) + " levels.");
  }
  if (error) {
    return failure(ErrorKind::invalid, "json.malformed", "This is not well-formed JSON: " + error.message() + ".");
  }
  return value;
}

}  // namespace orbit::catalog
