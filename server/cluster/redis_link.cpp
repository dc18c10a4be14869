#include "cluster/redis_link.hpp"

#include <hiredis/hiredis.h>

#include <deque>
#include <optional>
#include <utility>

#include "cluster/redis_connection.hpp"

namespace orbit::cluster {

namespace {

std::string_view text_of(const redisReply& reply) { return {reply.str, reply.len}; }

// Redis takes nothing but (un)subscribing on a connection that subscribes; so there are two.
class RedisLink final : public BrokerLink {
 public:
  RedisLink(boost::asio::io_context& context, LinkListener& listener, BrokerUrl url)
      : context_(context), listener_(listener), url_(std::move(url)) {}

  void open() override {
    subscriber_.connection.emplace(context_, subscriber_, url_);
    publisher_.connection.emplace(context_, publisher_, url_);
  }

  void subscribe(std::string_view subject, SubscriptionId id) override {
    subscriber_.connection->add_command({"SUBSCRIBE", subject});
    unconfirmed_.push_back(id);
  }

  void unsubscribe(std::string_view subject) override { subscriber_.connection->add_command({"UNSUBSCRIBE", subject}); }

  void publish(std::string_view subject, std::string_view message) override {
    publisher_.connection->add_command({"PUBLISH", subject, message});
  }

  void flush() override {
    subscriber_.connection->flush();
    publisher_.connection->flush();
  }

  [[nodiscard]] std::size_t queued_bytes() const override { return publisher_.connection->queued_bytes(); }

 private:
  struct Part : RedisConnection::Owner {
    explicit Part(RedisLink& whole) : link(whole) {}
    void ready() override {
      is_ready = true;
      if (link.subscriber_.is_ready && link.publisher_.is_ready) link.listener_.link_up();
    }
    void failed(std::string_view reason) override { link.fail(reason); }

    RedisLink& link;
    bool is_ready = false;
    std::optional<RedisConnection> connection;
  };

  struct Subscriber final : Part {
    using Part::Part;
    // ["message", subject, message], ["subscribe", subject, count] or ["unsubscribe", subject, count].
    void replied(const redisReply& reply) override {
      if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 3) return;
      const std::string_view what = text_of(*reply.element[0]);
      const std::string_view subject = text_of(*reply.element[1]);
      if (what == "message") {
        link.listener_.received(subject, text_of(*reply.element[2]));
      } else if (what == "subscribe" && !link.unconfirmed_.empty()) {
        const SubscriptionId id = link.unconfirmed_.front();
        link.unconfirmed_.pop_front();
        link.listener_.subscribed(subject, id);
      }
    }
  };

  struct Publisher final : Part {
    using Part::Part;
    // How many connections got the message: of no use to anyone.
    void replied(const redisReply&) override {}
  };

  void fail(std::string_view reason) {
    if (!std::exchange(has_failed_, true)) listener_.link_down(reason);
  }

  boost::asio::io_context& context_;
  LinkListener& listener_;
  const BrokerUrl url_;
  bool has_failed_ = false;
  std::deque<SubscriptionId> unconfirmed_;  // in the order of the SUBSCRIBEs, in which the replies come
  Subscriber subscriber_{*this};
  Publisher publisher_{*this};
};

}  // namespace

std::unique_ptr<BrokerLink> make_redis_link(boost::asio::io_context& context, LinkListener& listener,
                                            const BrokerUrl& url) {
  return std::make_unique<RedisLink>(context, listener, url);
}

}  // namespace orbit::cluster
