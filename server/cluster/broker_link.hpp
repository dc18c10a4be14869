// BrokerLink: one connection to a broker, from the first attempt to its end; after that, another is made. What differs
// from broker to broker is here, all else in BrokerThread and BrokerBackplane. Belongs to the broker thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cluster/broker_metrics.hpp"

namespace orbit::cluster {

/// Tells a subscription from an earlier one on the same subject.
using SubscriptionId = std::uint64_t;

class LinkListener {
 public:
  virtual ~LinkListener() = default;

  virtual void link_up() = 0;
  /// The attempt failed, or the connection ended: at most once, the last call of a link. `reason` holds no password.
  virtual void link_down(std::string_view reason) = 0;
  virtual void subscribed(std::string_view subject, SubscriptionId id) = 0;
  /// What was published, or would have been, is lost.
  virtual void dropped(DropReason why, std::size_t messages) = 0;

  /// A message arrived for a subject that isn't subscribed.
  virtual void unwanted() = 0;

  /// Any thread.
  virtual void received(std::string_view subject, std::string_view message) = 0;
  /// Any thread.
  virtual void messages_lost() = 0;
};

class BrokerLink {
 public:
  /// Closes the connection; no call back comes afterwards. Not from within a call back.
  virtual ~BrokerLink() = default;

  /// Once, before all else.
  virtual void open() = 0;

  // While the link is up; they never block. `flush` ends a run of them: only then they need to be on their way.
  virtual void subscribe(std::string_view subject, SubscriptionId id) = 0;
  virtual void unsubscribe(std::string_view subject) = 0;
  virtual void publish(std::string_view subject, std::string_view message) = 0;
  virtual void flush() = 0;

  /// What was published and is still in this program.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
};

}  // namespace orbit::cluster
