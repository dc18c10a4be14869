// NatsLink: a connection to a NATS server, by libnats on the broker thread's own event loop. Belongs to that thread.
#pragma once

#include <memory>
#include <string>

#include "cluster/broker_link.hpp"
#include "cluster/broker_url.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::cluster {

/// What one message may have; the server's max_payload must not be less. It is what servers have by default.
inline constexpr std::size_t nats_max_message = 1U << 20U;

/// One of the URL's hosts, that with this index.
[[nodiscard]] std::unique_ptr<BrokerLink> make_nats_link(boost::asio::io_context& context, LinkListener& listener,
                                                         const BrokerUrl& url, std::size_t host);

}  // namespace orbit::cluster
