// Which database, and how it is to be used, as an operator writes it in one line. Plain data: any thread. It may hold a
// password: what is printed or logged goes through without_password.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "kernel/error.hpp"

namespace orbit::storage {

struct SqliteUrl {
  std::filesystem::path path;
};

struct PostgresqlUrl {
  std::string connection;  // what libpq is given: the URL with our defaults, without our own parameters
  std::string shown;       // without its password
  std::size_t pool_size = 16;
  std::chrono::milliseconds statement_timeout{5'000};
  bool pgbouncer = false;
};

using DatabaseUrl = std::variant<SqliteUrl, PostgresqlUrl>;

/// "sqlite:PATH", or "postgresql://…" with pool_size (4 to 512), statement_timeout (from 100ms), pgbouncer (true or
/// false) and whatever libpq knows. Error: invalid "database.bad_url", which names the parameter and no password.
[[nodiscard]] kernel::Result<DatabaseUrl> parse_database_url(std::string_view url);

/// The URL as it may be shown: without password and parameters.
[[nodiscard]] std::string without_password(std::string_view url);

}  // namespace orbit::storage
