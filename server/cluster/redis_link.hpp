// RedisLink: two connections to a Redis server, one that subscribes and one that publishes. Belongs to the broker
// thread.
#pragma once

#include <memory>

#include "cluster/broker_link.hpp"
#include "cluster/broker_url.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::cluster {

/// What one message may have. Redis would take more, and then close the connection of whoever can't keep up.
inline constexpr std::size_t redis_max_message = 1U << 20U;

[[nodiscard]] std::unique_ptr<BrokerLink> make_redis_link(boost::asio::io_context& context, LinkListener& listener,
                                                          const BrokerUrl& url);

}  // namespace orbit::cluster
