#include "identity/user.hpp"

#include <algorithm>

#include "kernel/utf8_validator.hpp"

namespace orbit::identity {

using kernel::invalid_field;
using kernel::Result;

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_email_character(char c) {
  return c > ' ' && c < 0x7f && std::string_view("@,;:<>()[]\\\"").find(c) == std::string_view::npos;
}

// C0 and C1 controls and DEL; `text` is valid UTF-8.
bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

// One local part, one domain with a dot in it. Whether mail arrives, only mail can tell.
bool looks_like_email(std::string_view email) {
  const auto at = email.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  const std::string_view domain = email.substr(at + 1);
  const auto dot = domain.rfind('.');
  return std::ranges::all_of(email.substr(0, at), is_email_character) &&
         std::ranges::all_of(domain, is_email_character) && dot != std::string_view::npos && dot > 0 &&
         dot + 1 < domain.size() && domain.find("..") == std::string_view::npos;
}

}  // namespace

Result<std::string> normalise_email(std::string_view email, std::string field) {
  const std::string_view text = trimmed(email);
  if (text.empty()) return invalid_field(std::move(field), "required", "An e-mail address is required.");
  if (text.size() > max_email_bytes) {
    return invalid_field(std::move(field), "too_long", "An e-mail address has at most 254 characters.");
  }
  if (!looks_like_email(text)) {
    return invalid_field(std::move(field), "not_an_email", "This is not an e-mail address.");
  }
  std::string normalised(text);
  std::ranges::transform(normalised, normalised.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return normalised;
}

Result<std::string> normalise_name(std::string_view name, std::string field, std::size_t max_characters) {
  const std::string_view text = trimmed(name);
  const std::string what = "A " + field;
  if (text.empty()) return invalid_field(std::move(field), "required", what + " is required.");
  if (!kernel::is_valid_utf8(text)) {
    return invalid_field(std::move(field), "bad_character", what + " is valid UTF-8.");
  }
  if (has_control_character(text)) {
    return invalid_field(std::move(field), "bad_character", what + " has no control characters.");
  }
  const auto characters = std::ranges::count_if(text, [](unsigned char c) { return (c & 0xc0) != 0x80; });
  if (static_cast<std::size_t>(characters) > max_characters) {
    return invalid_field(std::move(field), "too_long",
                         what + " has at most " + std::to_string(max_characters) + " characters.");
  }
  return std::string(text);
}

Result<> check_new_password(std::string_view password) {
  if (password.size() < min_password_bytes) {
    return invalid_field("password", "too_short", "A password has at least 8 characters.");
  }
  if (password.size() > max_password_bytes) {
    return invalid_field("password", "too_long", "A password has at most 1024 bytes.");
  }
  return {};
}

}  // namespace orbit::identity
