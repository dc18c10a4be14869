// PostgresLink: two connections to PostgreSQL, one that listens and one that notifies. Belongs to the broker thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cluster/broker_link.hpp"
#include "kernel/error.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::cluster {

/// Of a payload's bytes, which PostgreSQL wants to be fewer than 8,000, what a subject of the greatest length and a
/// number of up to four digits leave.
inline constexpr std::size_t postgres_max_message = 7'999 - 400 - 4 - 2;

struct PostgresAddress {
  std::string conninfo;  // for libpq; holds the password
  std::string where;     // for people
};

/// Takes what is Orbit's own from the options of a database's URL. Errors are invalid "backplane.bad_url" and never
/// show a password.
[[nodiscard]] kernel::Result<PostgresAddress> parse_postgres_url(std::string_view url);

[[nodiscard]] std::unique_ptr<BrokerLink> make_postgres_link(boost::asio::io_context& context, LinkListener& listener,
                                                             const std::string& conninfo);

}  // namespace orbit::cluster
