// The JSON writer for described structs: json.cpp writes the catalog's with it, and a feature that has events of its
// own writes those. Heavy: for .cpp files only. Any thread.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "catalog/dto.hpp"

namespace orbit::catalog::json {

void append_string(std::string& out, std::string_view text);

/// A key and its colon, in camel case.
void append_key(std::string& out, std::string_view snake_case);

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct is_omittable : std::false_type {};
template <class T>
struct is_omittable<Omittable<T>> : std::true_type {};

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<kernel::Id<Tag>> : std::true_type {};

template <class T>
void append(std::string& out, const T& value);

// Fields of a described struct, each but perhaps the first behind a comma. `wanted` says of a member's name whether it
// is.
template <class T, class Wanted>
void append_fields(std::string& out, const T& value, bool first, const Wanted& wanted) {
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    if (!wanted(std::string_view(member.name))) return;
    const auto& field = value.*member.pointer;
    if constexpr (is_omittable<std::remove_cvref_t<decltype(field)>>::value) {
      if (!field.has_value()) return;
    }
    if (!first) out += ',';
    first = false;
    append_key(out, member.name);
    append(out, field);
  });
}

template <class T>
void append_fields(std::string& out, const T& value, bool first) {
  append_fields(out, value, first, [](std::string_view) { return true; });
}

template <class T>
void append(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    append_string(out, value);
  } else if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    append_string(out, kernel::to_iso8601(value));
  } else if constexpr (std::is_same_v<T, RawJson>) {
    out += value.text;
  } else if constexpr (std::is_same_v<T, Permission>) {
    append_string(out, wire_name(value));
  } else if constexpr (std::is_enum_v<T>) {
    append_string(out, boost::describe::enum_to_string(value, ""));
  } else if constexpr (is_id<T>::value) {
    append_string(out, value.str());
  } else if constexpr (is_omittable<T>::value || is_optional<T>::value) {
    if (value.has_value()) {
      append(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (is_vector<T>::value) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i != 0) out += ',';
      append(out, value[i]);
    }
    out += ']';
  } else {
    out += '{';
    append_fields(out, value, true);
    out += '}';
  }
}

/// A text frame's payload: {"type":…,"seq":…,fields…} of the event that the variant holds, each a described struct with
/// a static `type`.
template <class... Event>
[[nodiscard]] std::string event_frame(const std::variant<Event...>& event, std::optional<Seq> seq) {
  return std::visit(
      [&](const auto& held) {
        std::string out = "{\"type\":";
        append_string(out, held.type);
        if (seq) {
          out += ",\"seq\":";
          append(out, *seq);
        }
        append_fields(out, held, false);
        out += '}';
        return out;
      },
      event);
}

}  // namespace orbit::catalog::json
