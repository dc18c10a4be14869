// Backplane: what carries messages between nodes. At most once: it may lose any message, and says so where it knows.
// All calls, and all calls back, are on the realtime thread; what an implementation does on threads of its own, it
// posts there.
#pragma once

#include <cstddef>
#include <string_view>

namespace orbit::cluster {

class BackplaneListener {
 public:
  virtual ~BackplaneListener() = default;

  /// A message that this node or another published. Those of one node on one subject arrive in the order they were
  /// published, with those missing that were lost.
  virtual void received(std::string_view subject, std::string_view message) = 0;

  /// From here on nothing that is published on the subject is missed, but for what is lost. Said once for each
  /// subscription, and again for each after `connected`.
  virtual void subscribed(std::string_view subject) = 0;

  /// The broker can be talked to, for the first time or again. Every subscription is being made anew.
  virtual void connected() = 0;

  /// The broker is out of reach, once for each time that it is lost: whatever is published meanwhile is lost. `reason`
  /// is for people. Also said when the first attempt fails.
  virtual void disconnected(std::string_view reason) = 0;

  /// The connection stands, but messages for this node were dropped: it was too slow, or a queue was full.
  virtual void messages_lost() = 0;
};

class Backplane {
 public:
  virtual ~Backplane() = default;

  /// Connects, now and whenever the connection is lost, with backoff and jitter. Once, before all else; no call back
  /// comes before it returns. The listener outlives the backplane.
  virtual void start(BackplaneListener& listener) = 0;

  /// `subject`: up to 400 of a-z 0-9 : _ . -; `message`: UTF-8 without NUL, up to max_message() bytes. Never blocks;
  /// lost where the broker is out of reach or can't keep up.
  virtual void publish(std::string_view subject, std::string_view message) = 0;

  /// Subscribing twice is the same as once.
  virtual void subscribe(std::string_view subject) = 0;
  virtual void unsubscribe(std::string_view subject) = 0;

  /// In bytes.
  [[nodiscard]] virtual std::size_t max_message() const = 0;

  /// "nats", "redis", "postgres".
  [[nodiscard]] virtual std::string_view kind() const = 0;
};

}  // namespace orbit::cluster
