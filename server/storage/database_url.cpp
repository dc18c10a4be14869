#include "storage/database_url.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <set>

#include "kernel/duration.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

std::unexpected<kernel::Error> bad_url(std::string message) {
  return failure(ErrorKind::invalid, "database.bad_url", std::move(message));
}

std::unexpected<kernel::Error> bad_parameter(std::string_view name, std::string_view must_be) {
  return bad_url("The database's URL has a bad " + std::string(name) + ": it must be " + std::string(must_be) + ".");
}

// So that a dead server is noticed within seconds, wherever it was when it died; and so that ours are told from
// others'.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> defaults{{{"connect_timeout", "2"},
                                                                                 {"tcp_user_timeout", "3000"},
                                                                                 {"keepalives_idle", "2"},
                                                                                 {"keepalives_interval", "1"},
                                                                                 {"keepalives_count", "2"},
                                                                                 {"application_name", "orbit"}}};

bool is_known_to_libpq(std::string_view name) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> known(PQconndefaults(), &PQconninfoFree);
  for (const PQconninfoOption* option = known.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (name == option->keyword) return true;
  }
  return name == "ssl";
}

bool is_a_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

std::unexpected<kernel::Error> cannot_be_read(const PostgresqlUrl& url) {
  return bad_url("The database's URL can't be read: " + url.shown + ".");
}

// One of the parameters that are Orbit's own; false where it isn't.
Result<bool> take_own(PostgresqlUrl& parsed, std::string_view name, std::string_view value) {
  if (name == "pool_size") {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed.pool_size);
    if (error != std::errc{} || end != value.data() + value.size() || parsed.pool_size < 4 || parsed.pool_size > 512) {
      return bad_parameter(name, "a number from 4 to 512");
    }
  } else if (name == "statement_timeout") {
    const auto time = kernel::parse_duration(std::string(value));
    if (!time || *time < std::chrono::milliseconds{100} || *time > std::chrono::hours{1}) {
      return bad_parameter(name, "a time from 100ms to 1h, such as 5s");
    }
    parsed.statement_timeout = *time;
  } else if (name == "pgbouncer") {
    if (value != "true" && value != "false") return bad_parameter(name, "true or false");
    parsed.pgbouncer = value == "true";
  } else {
    return false;
  }
  return true;
}

Result<DatabaseUrl> parse_postgresql(std::string_view url) {
  // Neither is part of a URL, and SOCI would read them in a way of its own.
  const bool is_plain =
      std::ranges::all_of(url, [](char c) { return c > ' ' && c != '"' && c != '\'' && c != '\x7f'; });
  if (!is_plain) return bad_url("The database's URL has spaces or quotes in it: write them as %20, %22, %27.");

  PostgresqlUrl parsed;
  parsed.shown = without_password(url);
  const std::size_t question = url.find('?');
  parsed.connection = url.substr(0, question);
  std::string_view rest = question == std::string_view::npos ? "" : url.substr(question + 1);
  std::set<std::string_view> given;
  const auto pass_on = [&](std::string_view name, std::string_view value) {
    parsed.connection.append(given.empty() ? "?" : "&").append(name).append("=").append(value);
    given.insert(name);
  };
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::string_view name = part.substr(0, part.find('='));
    if (name.size() == part.size() || !is_a_name(name)) return cannot_be_read(parsed);
    const std::string_view value = part.substr(name.size() + 1);
    const auto own = take_own(parsed, name, value);
    if (!own) return std::unexpected(own.error());
    if (*own) continue;
    if (!is_known_to_libpq(name)) {
      return bad_url("The database's URL has an unknown parameter: " + std::string(name) + ".");
    }
    pass_on(name, value);
  }
  for (const auto& [name, value] : defaults) {
    if (!given.contains(name)) pass_on(name, value);
  }
  // What libpq says of a URL that it can't read may quote it, with its password.
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> read(
      PQconninfoParse(parsed.connection.c_str(), nullptr), &PQconninfoFree);
  if (read == nullptr) return cannot_be_read(parsed);
  return parsed;
}

}  // namespace

Result<DatabaseUrl> parse_database_url(std::string_view url) {
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return parse_postgresql(url);
  if (url.starts_with(sqlite_scheme) && url.size() > sqlite_scheme.size()) {
    return SqliteUrl{url.substr(sqlite_scheme.size())};
  }
  return bad_url("The database must be given as sqlite:PATH or postgresql://USER@HOST/NAME, not \"" +
                 without_password(url) + "\".");
}

std::string without_password(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  std::string shown(url.substr(0, scheme + 3));
  url.remove_prefix(scheme + 3);
  // A password may have been written with any character in it: then less is shown.
  const std::size_t question = std::min(url.find('?'), url.size());
  const std::size_t at = url.rfind('@');
  if (at == std::string_view::npos) return shown.append(url.substr(0, question));
  shown += url.substr(0, std::min({at, question, url.find(':')}));
  if (at < question) shown += url.substr(at, question - at);
  return shown;
}

}  // namespace orbit::storage
