// User: a person with an account. The password is kept as its argon2id hash only. Plain data: any thread.
#pragma once

#include <string>
#include <string_view>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"
#include "kernel/id.hpp"

namespace orbit::identity {

struct User {
  kernel::UserId id;
  std::string email;  // normalised: see normalise_email
  std::string name;
  std::string password_hash;
  kernel::Timestamp created_at;
};

inline constexpr std::size_t max_email_bytes = 254;
inline constexpr std::size_t max_name_characters = 80;
inline constexpr std::size_t min_password_bytes = 8;
inline constexpr std::size_t max_password_bytes = 1024;

/// Trims and lower-cases. Errors name `field`: "required", "too_long", "not_an_email".
[[nodiscard]] kernel::Result<std::string> normalise_email(std::string_view email, std::string field = "email");

/// Trims. A name has 1 to `max_characters` characters, valid UTF-8, none of them a control character.
/// Errors name `field`: "required", "too_long", "bad_character".
[[nodiscard]] kernel::Result<std::string> normalise_name(std::string_view name, std::string field = "name",
                                                         std::size_t max_characters = max_name_characters);

/// Errors name the field "password": "too_short", "too_long".
[[nodiscard]] kernel::Result<> check_new_password(std::string_view password);

}  // namespace orbit::identity
