#include "http/body_reader.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "catalog/strict_json.hpp"

namespace orbit::http {

namespace json = boost::json;
using kernel::Error;
using kernel::ErrorKind;

namespace {

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

BodyReader::BodyReader(const Request& request) : object_(std::make_unique<json::object>()) {
  auto value = catalog::parse_strict_json(request.body);
  if (!value) {
    malformed_ = value.error();
  } else if (!value->is_object()) {
    malformed_ = Error{ErrorKind::invalid, "json.not_an_object", "The body must be a JSON object."};
  } else {
    *object_ = std::move(value->get_object());
  }
}

BodyReader::~BodyReader() = default;

void BodyReader::fail(std::string field, std::string code, std::string message) {
  errors_.push_back({std::move(field), std::move(code), std::move(message)});
}

bool BodyReader::failed(std::string_view field) const {
  return std::ranges::find(errors_, field, &kernel::FieldError::field) != errors_.end();
}

bool BodyReader::has(std::string_view field) const { return object_->contains(field); }

const json::value* BodyReader::find(std::string_view field, bool required) {
  asked_for_.emplace_back(field);
  const json::value* value = object_->if_contains(field);
  if (value == nullptr && required && !malformed_) fail(std::string(field), "required", "This field is required.");
  return value;
}

bool BodyReader::check_string(std::string_view field, const json::value& value, std::size_t max_bytes) {
  if (!value.is_string()) {
    fail(std::string(field), "not_a_string", "This field must be a string.");
  } else if (value.get_string().size() > max_bytes) {
    fail(std::string(field), "too_long", "This field may have at most " + std::to_string(max_bytes) + " bytes.");
  } else {
    return true;
  }
  return false;
}

std::string BodyReader::string(std::string_view field, std::size_t max_bytes) {
  const json::value* value = find(field, true);
  if (value == nullptr || !check_string(field, *value, max_bytes)) return {};
  if (value->get_string().empty()) fail(std::string(field), "required", "This field must not be empty.");
  return std::string(view(value->get_string()));
}

std::optional<std::string> BodyReader::optional_string(std::string_view field, std::size_t max_bytes) {
  const json::value* value = find(field, false);
  if (value == nullptr || !check_string(field, *value, max_bytes)) return std::nullopt;
  return std::string(view(value->get_string()));
}

std::optional<std::optional<std::string>> BodyReader::nullable_string(std::string_view field, std::size_t max_bytes) {
  if (const json::value* value = find(field, false); value != nullptr && value->is_null()) {
    return std::optional<std::string>{};
  }
  auto text = optional_string(field, max_bytes);
  if (!text) return std::nullopt;
  return std::optional(std::move(text));
}

std::int64_t BodyReader::integer(std::string_view field, std::int64_t least, std::int64_t most) {
  const json::value* value = find(field, true);
  if (value == nullptr) return least;
  if (!value->is_int64()) {
    fail(std::string(field), "not_an_integer", "This field must be a whole number.");
  } else if (value->get_int64() < least || value->get_int64() > most) {
    fail(std::string(field), "out_of_range",
         "This field must be from " + std::to_string(least) + " to " + std::to_string(most) + ".");
  } else {
    return value->get_int64();
  }
  return least;
}

std::optional<std::vector<std::string>> BodyReader::optional_strings(std::string_view field, std::size_t max_items) {
  const json::value* value = find(field, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    fail(std::string(field), "not_an_array", "This field must be an array.");
    return std::nullopt;
  }
  const json::array& items = value->get_array();
  if (items.size() > max_items) {
    fail(std::string(field), "too_many", "This field may have at most " + std::to_string(max_items) + " items.");
    return std::nullopt;
  }
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (check_string(std::string(field) + "/" + std::to_string(i), items[i], 256)) {
      strings.emplace_back(view(items[i].get_string()));
    }
  }
  return strings;
}

std::string BodyReader::any(std::string_view field, std::size_t max_bytes) {
  const json::value* value = find(field, true);
  if (value == nullptr) return {};
  std::string text = json::serialize(*value);
  if (text.size() > max_bytes) {
    fail(std::string(field), "too_long", "This field may have at most " + std::to_string(max_bytes) + " bytes.");
  }
  return text;
}

std::optional<Error> BodyReader::finish() {
  if (malformed_) return malformed_;
  for (const auto& member : *object_) {
    const std::string_view key(member.key().data(), member.key().size());
    if (std::ranges::find(asked_for_, key) == asked_for_.end()) {
      fail(std::string(key), "unknown_field", "There is no such field.");
    }
  }
  if (errors_.empty()) return std::nullopt;
  Error error{ErrorKind::invalid, "validation", "Some fields of the body are not as they must be."};
  error.fields = std::move(errors_);
  return error;
}

}  // namespace orbit::http
