// BodyReader: reads a JSON body field by field and collects what is wrong with each. Belongs to one request's thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "kernel/error.hpp"
#include "kernel/id.hpp"

namespace orbit::http {

class BodyReader {
 public:
  /// Errors of the body as a whole show in finish().
  explicit BodyReader(const Request& request);
  ~BodyReader();

  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;

  /// A string of at most `max_bytes`; a required one must be there and not be empty.
  std::string string(std::string_view field, std::size_t max_bytes);
  std::optional<std::string> optional_string(std::string_view field, std::size_t max_bytes);

  /// Like optional_string, but null is a value of its own: the outer optional is empty where the field is absent.
  std::optional<std::optional<std::string>> nullable_string(std::string_view field, std::size_t max_bytes);

  std::int64_t integer(std::string_view field, std::int64_t least, std::int64_t most);

  /// At most `max_items` strings; errors name "field/index".
  std::optional<std::vector<std::string>> optional_strings(std::string_view field, std::size_t max_items);

  /// Any JSON, as text of at most `max_bytes`; it must be there.
  std::string any(std::string_view field, std::size_t max_bytes);

  template <class IdType>
  IdType id(std::string_view field) {
    return parsed_id<IdType>(field, string(field, max_id_bytes));
  }
  template <class IdType>
  std::optional<IdType> optional_id(std::string_view field) {
    const auto text = optional_string(field, max_id_bytes);
    return text ? std::optional(parsed_id<IdType>(field, *text)) : std::nullopt;
  }

  [[nodiscard]] bool has(std::string_view field) const;
  void fail(std::string field, std::string code, std::string message);

  /// The error to answer with, once all fields are read: a malformed body, fields that are wrong, and fields that
  /// nobody asked for ("unknown_field").
  [[nodiscard]] std::optional<kernel::Error> finish();

 private:
  static constexpr std::size_t max_id_bytes = 64;

  template <class IdType>
  IdType parsed_id(std::string_view field, std::string_view text) {
    if (const auto id = IdType::parse(text)) return *id;
    if (!text.empty() || !failed(field)) fail(std::string(field), "not_an_id", "This must be an id.");
    return {};
  }

  const boost::json::value* find(std::string_view field, bool required);
  bool failed(std::string_view field) const;
  bool check_string(std::string_view field, const boost::json::value& value, std::size_t max_bytes);

  std::unique_ptr<boost::json::object> object_;
  std::optional<kernel::Error> malformed_;
  std::vector<kernel::FieldError> errors_;
  std::vector<std::string> asked_for_;
};

}  // namespace orbit::http
