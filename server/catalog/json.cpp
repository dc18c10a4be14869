#include "catalog/json.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/mp11.hpp>
#include <charconv>

#include "catalog/camel_case.hpp"

namespace orbit::catalog {

namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain_from, i - plain_from);
    plain_from = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default: {
        constexpr std::string_view hex = "0123456789abcdef";
        out += "\\u00";
        out += hex[c >> 4];
        out += hex[c & 0x0f];
      }
    }
  }
  out.append(text, plain_from);
  out += '"';
}

void append_key(std::string& out, std::string_view snake_case) {
  out += '"';
  out += camel_case(snake_case);
  out += "\":";
}

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

// Fields of a described struct, each but perhaps the first behind a comma.
template <class T>
void append_fields(std::string& out, const T& value, bool first) {
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
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

}  // namespace

template <class T>
std::string to_json(const T& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string to_json(const ServerEvent& event, std::optional<Seq> seq) {
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

std::string_view type_of(const ServerEvent& event) {
  return std::visit([](const auto& held) { return held.type; }, event);
}

template std::string to_json(const WorkspaceDTO&);
template std::string to_json(const WorkspaceRoleDTO&);
template std::string to_json(const WorkspaceMemberDTO&);
template std::string to_json(const WorkspaceInviteDTO&);
template std::string to_json(const TeamDTO&);
template std::string to_json(const SubscriptionDTO&);
template std::string to_json(const PresenceDTO&);
template std::string to_json(const UserDTO&);
template std::string to_json(const SessionDTO&);
template std::string to_json(const SignedInDTO&);
template std::string to_json(const WorkspaceSnapshotDTO&);
template std::string to_json(const CreatedInviteDTO&);
template std::string to_json(const WorkspaceSummaryDTO&);
template std::string to_json(const std::vector<WorkspaceSummaryDTO>&);
template std::string to_json(const std::vector<LogEntryDTO>&);
template std::string to_json(const std::vector<WorkspaceRoleDTO>&);
template std::string to_json(const std::vector<WorkspaceMemberDTO>&);
template std::string to_json(const std::vector<WorkspaceInviteDTO>&);
template std::string to_json(const std::vector<TeamDTO>&);
template std::string to_json(const std::vector<SessionDTO>&);

}  // namespace orbit::catalog
