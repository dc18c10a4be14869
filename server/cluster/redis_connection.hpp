// RedisConnection: one connection to a Redis server: signs in, asks for a sign of life each second, hands over replies.
// Belongs to the broker thread.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "cluster/broker_url.hpp"

struct redisReply;

namespace boost::asio {
class io_context;
}

namespace orbit::cluster {

class RedisConnection {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Signed in.
    virtual void ready() = 0;
    /// To a command, or a message. Errors and answers to the signs of life are not among them.
    virtual void replied(const redisReply& reply) = 0;
    /// It couldn't be made, was refused, ended, or nothing came for too long: at most once, and the last call.
    virtual void failed(std::string_view reason) = 0;
  };

  /// Connects. Calls back from the next turn of the loop on, and no more once it is destroyed; not to be destroyed from
  /// within a call back.
  RedisConnection(boost::asio::io_context& context, Owner& owner, const BrokerUrl& url);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  void add_command(std::initializer_list<std::string_view> words);
  /// Writes the commands that were added.
  void flush();
  /// That were added and are not written yet.
  [[nodiscard]] std::size_t queued_bytes() const;

 private:
  class Wire;
  std::shared_ptr<Wire> wire_;
};

}  // namespace orbit::cluster
