#include "app/event_line.hpp"

#include <boost/json.hpp>

namespace orbit::app {

namespace json = boost::json;

namespace {

constexpr const char* dim = "\x1b[2m";
constexpr const char* bold = "\x1b[1m";
constexpr const char* plain = "\x1b[0m";

const char* colour_of(std::string_view type) {
  if (type.starts_with("workspace.member")) return "\x1b[36m";
  if (type.starts_with("workspace.role")) return "\x1b[35m";
  if (type.starts_with("workspace.invite")) return "\x1b[33m";
  if (type.starts_with("team.")) return "\x1b[34m";
  if (type.starts_with("presence.")) return "\x1b[32m";
  if (type == "error" || type == "resync") return "\x1b[31m";
  return "";
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return {};
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

// The first of these that says something to a person.
std::string about(const json::object& object) {
  for (const char* key : {"name", "email", "plan", "status", "reason", "message", "room", "online"}) {
    if (auto text = text_at(object, key); !text.empty()) return text;
  }
  for (const auto& [key, value] : object) {
    if (key.ends_with("Id") && value.is_string()) return std::string(value.get_string());
  }
  return {};
}

std::string summary(const json::object& frame) {
  if (text_at(frame, "type") == "hello") {
    const json::value* presence = frame.if_contains("presence");
    const std::size_t known = presence != nullptr && presence->is_array() ? presence->get_array().size() : 0;
    const std::string line = "connected at seq " + text_at(frame, "seq");
    return known == 0 ? line : line + ", " + std::to_string(known) + " here";  // none: the number follows
  }
  if (text_at(frame, "type") == "presence.count") return text_at(frame, "online") + " here";
  for (const auto& [key, value] : frame) {
    if (value.is_object() && key != "payload") return about(value.get_object());
  }
  std::string line = about(frame);
  if (const auto member = text_at(frame, "memberId"); !member.empty() && member != line) line += "  " + member;
  return line;
}

// U+0000 to U+001F, U+007F, and U+0080 to U+009F, which UTF-8 writes with two bytes.
std::string without_controls(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const bool two_bytes = byte == 0xC2 && next >= 0x80 && next <= 0x9F;
    if (byte < 0x20 || byte == 0x7F || two_bytes) text.replace(i, two_bytes ? 2 : 1, " ");
  }
  return text;
}

}  // namespace

std::string event_line(std::string_view text, kernel::Timestamp now) {
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return without_controls(std::string(text));
  const json::object& frame = value.get_object();
  const std::string type = without_controls(text_at(frame, "type"));
  std::string seq = frame.contains("seq") && type != "hello" ? text_at(frame, "seq") : "";
  seq.insert(0, seq.size() < 6 ? 6 - seq.size() : 0, ' ');
  const std::string padding(type.size() < 30 ? 30 - type.size() : 1, ' ');
  const std::string time = kernel::to_iso8601(now).substr(11, 12);
  return dim + time + " " + seq + plain + "  " + colour_of(type) + bold + type + plain + padding +
         without_controls(summary(frame));
}

}  // namespace orbit::app
