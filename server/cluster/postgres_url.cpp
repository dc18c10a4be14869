#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "cluster/postgres_link.hpp"

namespace orbit::cluster {

namespace {

std::unexpected<kernel::Error> bad(std::string message) {
  return kernel::failure(kernel::ErrorKind::invalid, "backplane.bad_url", std::move(message));
}

struct InfoDeleter {
  void operator()(PQconninfoOption* info) const { PQconninfoFree(info); }
};

std::string value_of(const PQconninfoOption* info, std::string_view name, std::string_view otherwise) {
  for (; info->keyword != nullptr; ++info) {
    if (info->keyword == name && info->val != nullptr) return info->val;
  }
  return std::string(otherwise);
}

// Of a database's URL; libpq doesn't know them.
bool is_orbits_own(std::string_view option) {
  constexpr std::array<std::string_view, 3> own{"pool_size", "statement_timeout", "pgbouncer"};
  return std::ranges::find(own, option.substr(0, option.find('='))) != own.end();
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

kernel::Result<PostgresAddress> parse_postgres_url(std::string_view url) {
  const auto question = url.find('?');
  std::string conninfo(url.substr(0, question));
  if (question != std::string_view::npos) {
    char before = '?';
    for (const std::string_view option : split(url.substr(question + 1), '&')) {
      if (option == "pgbouncer=true") {
        return bad(
            "LISTEN does not work through PgBouncer: give the backplane a postgresql:// URL that leads past it.");
      }
      if (is_orbits_own(option)) continue;
      conninfo.append(1, std::exchange(before, '&')).append(option);
    }
  }
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, InfoDeleter> info(PQconninfoParse(conninfo.c_str(), &error));
  // It may quote the password.
  PQfreemem(error);
  if (info == nullptr) {
    return bad(
        "The backplane's URL must be like postgresql://[user:password@]host[:port]/database[?option=value]; what is "
        "special in a user or password is written as %XX.");
  }
  std::string where = value_of(info.get(), "host", "localhost") + ":" + value_of(info.get(), "port", "5432");
  if (const std::string database = value_of(info.get(), "dbname", ""); !database.empty()) where += "/" + database;
  return PostgresAddress{std::move(conninfo), std::move(where)};
}

}  // namespace orbit::cluster
