#include "cluster/nats_link.hpp"

#include <nats/nats.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace orbit::cluster {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t connect_timeout_ms = 2'000;
// Two may be unanswered: a server that says nothing is given up after 3 s.
constexpr std::int64_t ping_interval_ms = 1'000;
constexpr int most_pings_out = 2;
constexpr int io_buffer_bytes = 128 * 1'024;

struct OptionsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};
struct ConnectionDeleter {
  void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
};
struct SubscriptionDeleter {
  void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
};
struct MessageDeleter {
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};
using Options = std::unique_ptr<natsOptions, OptionsDeleter>;
using Connection = std::unique_ptr<natsConnection, ConnectionDeleter>;
using Subscription = std::unique_ptr<natsSubscription, SubscriptionDeleter>;
using Message = std::unique_ptr<natsMsg, MessageDeleter>;

std::string_view subject_of(const Message& message) { return natsMsg_GetSubject(message.get()); }
std::string_view data_of(const Message& message) {
  return {natsMsg_GetData(message.get()), static_cast<std::size_t>(natsMsg_GetDataLength(message.get()))};
}

std::string reason_of(natsStatus status, const char* detail) {
  std::string reason = natsStatus_GetText(status);
  std::string_view more = detail != nullptr ? detail : "";
  // "(conn.c:2088): what went wrong"
  if (more.starts_with('(')) more.remove_prefix(std::min(more.size(), more.find("): ") + 3));
  if (!more.empty() && more != reason) reason += std::string(": ").append(more);
  return reason;
}

class NatsLink;

// The library's threads may call back while, and after, a link is destroyed. So they know it by a number only, and what
// they call finds no link any more, or keeps it from going until they are done.
class Links {
 public:
  std::uintptr_t add(NatsLink& link) {
    const std::lock_guard lock(mutex_);
    links_.emplace(++last_, &link);
    return last_;
  }

  void remove(std::uintptr_t number) {
    const std::lock_guard lock(mutex_);
    links_.erase(number);
  }

  template <class Function>
  void with(void* closure, Function function) {
    const std::lock_guard lock(mutex_);
    const auto link = links_.find(reinterpret_cast<std::uintptr_t>(closure));
    if (link != links_.end()) function(*link->second);
  }

 private:
  std::mutex mutex_;  // protects all that follows
  std::unordered_map<std::uintptr_t, NatsLink*> links_;
  std::uintptr_t last_ = 0;
};

Links& links() {
  static Links all;
  return all;
}

class NatsLink final : public BrokerLink {
 public:
  NatsLink(asio::io_context& context, LinkListener& listener, const BrokerUrl& url, std::size_t host)
      : context_(context), listener_(listener), url_(url), host_(url.hosts.at(host)), number_(links().add(*this)) {}
  NatsLink(const NatsLink&) = delete;
  NatsLink& operator=(const NatsLink&) = delete;

  ~NatsLink() override {
    links().remove(number_);
    // First: what the subscriptions would still have to say to the server, the library would wait for.
    natsConnection_Close(connection_.get());
    subscriptions_.clear();
    inbox_subscription_.reset();
    connection_.reset();
    nats_ReleaseThreadMemory();
  }

  void open() override;

  void subscribe(std::string_view subject, SubscriptionId id) override;
  void unsubscribe(std::string_view subject) override { subscriptions_.erase(std::string(subject)); }
  void publish(std::string_view subject, std::string_view message) override;
  void flush() override;

  [[nodiscard]] std::size_t queued_bytes() const override {
    return static_cast<std::size_t>(std::max(0, natsConnection_Buffered(connection_.get())));
  }

 private:
  [[nodiscard]] natsStatus set_options(natsOptions* options);
  [[nodiscard]] natsStatus set_up();
  void close(std::string_view reason);
  [[nodiscard]] void* closure() const { return reinterpret_cast<void*>(number_); }

  void watch(int descriptor);
  void write_what_waits();
  void await_read();
  void confirm(std::size_t up_to);

  // Of the library's threads, by way of links().
  static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure);
  static void on_marker(natsConnection*, natsSubscription*, natsMsg* message, void* closure);
  static void on_closed(natsConnection* connection, void* closure);
  static void on_error(natsConnection*, natsSubscription*, natsStatus error, void* closure);
  static natsStatus on_attach(void** user, void* closure, natsConnection*, natsSock descriptor);
  static natsStatus on_read_change(void*, bool) { return NATS_OK; }
  static natsStatus on_write_change(void* closure, bool wanted);
  static natsStatus on_detach(void*) { return NATS_OK; }

  // Soon and on the broker thread, if the link is still there then.
  template <class Function>
  void post(Function function) {
    asio::post(context_, [number = number_, function = std::move(function)]() mutable {
      NatsLink* found = nullptr;
      links().with(reinterpret_cast<void*>(number), [&](NatsLink& link) { found = &link; });
      if (found != nullptr) function(*found);
    });
  }

  asio::io_context& context_;
  LinkListener& listener_;
  const BrokerUrl url_;
  const BrokerHost host_;
  const std::uintptr_t number_;
  Connection connection_;
  // A duplicate: the library closes its own whenever and on whichever thread it likes.
  std::optional<asio::posix::stream_descriptor> descriptor_;
  bool awaits_write_ = false;
  bool is_open_ = false;
  std::string inbox_;
  Subscription inbox_subscription_;
  std::unordered_map<std::string, Subscription> subscriptions_;
  std::deque<std::pair<std::string, SubscriptionId>> unconfirmed_;  // oldest first
  std::size_t subscribed_ = 0;                                      // all that ever were in unconfirmed_
  std::size_t marked_ = 0;                                          // those of them that a marker was sent after
};

// A connection that ends is not mended by the library, which would keep for later what is published meanwhile, and give
// up for good when it is refused twice.
natsStatus NatsLink::set_options(natsOptions* options) {
  natsStatus status = NATS_OK;
  const auto set = [&status](auto&& setting, auto&&... values) {
    if (status == NATS_OK) status = setting(values...);
  };
  const bool is_v6 = host_.name.contains(':');
  const std::string server =
      "nats://" + (is_v6 ? "[" + host_.name + "]" : host_.name) + ":" + std::to_string(host_.port);
  set(natsOptions_SetURL, options, server.c_str());
  set(natsOptions_SetName, options, "orbit");
  set(natsOptions_SetTimeout, options, connect_timeout_ms);
  set(natsOptions_SetIOBufSize, options, io_buffer_bytes);
  set(natsOptions_SetAllowReconnect, options, false);
  set(natsOptions_SetIgnoreDiscoveredServers, options, true);
  set(natsOptions_SetPingInterval, options, ping_interval_ms);
  set(natsOptions_SetMaxPingsOut, options, most_pings_out);
  // On one thread for all subscriptions, not on one for each.
  set(natsOptions_UseGlobalMessageDelivery, options, true);
  // Otherwise a thread of the library's would write, a millisecond later.
  set(natsOptions_SetSendAsap, options, true);
  set(natsOptions_SetEventLoop, options, closure(), &on_attach, &on_read_change, &on_write_change, &on_detach);
  set(natsOptions_SetClosedCB, options, &on_closed, closure());
  set(natsOptions_SetErrorHandler, options, &on_error, closure());
  // A user without a password is a token, as in every NATS client.
  if (url_.has_password) {
    set(natsOptions_SetUserInfo, options, url_.user.c_str(), url_.password.c_str());
  } else if (!url_.user.empty()) {
    set(natsOptions_SetToken, options, url_.user.c_str());
  }
  if (url_.scheme == "tls") {
    set(natsOptions_SetSecure, options, true);
    set(natsOptions_SetExpectedHostname, options, host_.name.c_str());
  }
  return status;
}

natsStatus NatsLink::set_up() {
  natsOptions* made = nullptr;
  natsStatus status = natsOptions_Create(&made);
  const Options options(made);
  if (status == NATS_OK) status = set_options(options.get());
  natsConnection* connection = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&connection, options.get());
  connection_.reset(connection);
  natsInbox* inbox = nullptr;
  if (status == NATS_OK) status = natsInbox_Create(&inbox);
  if (status == NATS_OK) inbox_ = inbox;
  natsInbox_Destroy(inbox);
  natsSubscription* subscription = nullptr;
  if (status == NATS_OK) {
    status = natsConnection_Subscribe(&subscription, connection_.get(), inbox_.c_str(), &on_marker, closure());
  }
  inbox_subscription_.reset(subscription);
  return status;
}

// The library connects while its caller waits; nothing else is to be done on this thread meanwhile.
void NatsLink::open() {
  if (const natsStatus status = set_up(); status != NATS_OK) {
    return listener_.link_down(reason_of(status, nats_GetLastError(nullptr)));
  }
  const auto allowed = natsConnection_GetMaxPayload(connection_.get());
  if (allowed < static_cast<std::int64_t>(nats_max_message)) {
    return listener_.link_down("its max_payload is " + std::to_string(allowed) + ", and must be " +
                               std::to_string(nats_max_message) + " or more");
  }
  is_open_ = true;
  await_read();
  listener_.link_up();
}

void NatsLink::close(std::string_view reason) {
  if (std::exchange(is_open_, false)) listener_.link_down(reason);
}

void NatsLink::subscribe(std::string_view subject, SubscriptionId id) {
  natsSubscription* made = nullptr;
  const std::string name(subject);
  const natsStatus status = natsConnection_Subscribe(&made, connection_.get(), name.c_str(), &on_message, closure());
  // Otherwise the connection has just ended, and on_closed is on its way.
  if (status != NATS_OK) return;
  subscriptions_.insert_or_assign(name, Subscription(made));
  unconfirmed_.emplace_back(name, id);
  ++subscribed_;
}

void NatsLink::publish(std::string_view subject, std::string_view message) {
  const std::string name(subject);
  const natsStatus status =
      natsConnection_Publish(connection_.get(), name.c_str(), message.data(), static_cast<int>(message.size()));
  if (status != NATS_OK) {
    listener_.dropped(status == NATS_CONNECTION_CLOSED ? DropReason::disconnected : DropReason::refused, 1);
  }
}

// A server takes what comes on one connection in its order. So a marker published behind subscriptions, to an inbox of
// this connection's own, comes back once it has them. It says nothing of other servers of a cluster, to which they are
// still on their way: what is published there in that moment is lost like any other message.
void NatsLink::flush() {
  if (marked_ != subscribed_) {
    const std::string text = std::to_string(subscribed_);
    natsConnection_Publish(connection_.get(), inbox_.c_str(), text.data(), static_cast<int>(text.size()));
    marked_ = subscribed_;
  }
  write_what_waits();
}

void NatsLink::confirm(std::size_t up_to) {
  for (std::size_t first = subscribed_ - unconfirmed_.size(); first < up_to && !unconfirmed_.empty(); ++first) {
    const auto [subject, id] = std::move(unconfirmed_.front());
    unconfirmed_.pop_front();
    listener_.subscribed(subject, id);
  }
}

void NatsLink::watch(int descriptor) { descriptor_.emplace(context_, ::dup(descriptor)); }

void NatsLink::await_read() {
  descriptor_->async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error || !is_open_) return;
    natsConnection_ProcessReadEvent(connection_.get());
    write_what_waits();
    await_read();
  });
}

// Nothing is written where nothing waits: the library would take that for the end of the connection.
void NatsLink::write_what_waits() {
  if (awaits_write_ || queued_bytes() == 0) return;
  natsConnection_ProcessWriteEvent(connection_.get());
  if (queued_bytes() == 0) return;
  awaits_write_ = true;
  descriptor_->async_wait(asio::posix::stream_descriptor::wait_write, [this](const boost::system::error_code& error) {
    if (error) return;
    awaits_write_ = false;
    if (is_open_) write_what_waits();
  });
}

void NatsLink::on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  const Message owned(message);
  links().with(closure, [&](NatsLink& link) { link.listener_.received(subject_of(owned), data_of(owned)); });
}

void NatsLink::on_marker(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  const Message owned(message);
  const std::string_view text = data_of(owned);
  std::size_t up_to = 0;
  std::from_chars(text.data(), text.data() + text.size(), up_to);
  links().with(closure, [up_to](NatsLink& link) { link.post([up_to](NatsLink& self) { self.confirm(up_to); }); });
}

void NatsLink::on_closed(natsConnection* connection, void* closure) {
  const char* detail = nullptr;
  const natsStatus status = natsConnection_GetLastError(connection, &detail);
  links().with(closure, [reason = reason_of(status, detail)](NatsLink& link) {
    link.post([reason](NatsLink& self) { self.close(reason); });
  });
}

void NatsLink::on_error(natsConnection* connection, natsSubscription*, natsStatus error, void* closure) {
  const char* detail = nullptr;
  if (error != NATS_SLOW_CONSUMER) natsConnection_GetLastError(connection, &detail);
  links().with(closure, [error, reason = reason_of(error, detail)](NatsLink& link) {
    if (error == NATS_SLOW_CONSUMER) return link.listener_.messages_lost();
    // A subject that it may not use: the node would wait for what never comes.
    link.post([reason](NatsLink& self) { self.close(reason); });
  });
}

natsStatus NatsLink::on_attach(void** user, void* closure, natsConnection*, natsSock descriptor) {
  *user = closure;
  links().with(closure, [descriptor](NatsLink& link) { link.watch(descriptor); });
  return NATS_OK;
}

// On the broker thread, whoever made something wait for the socket writes it as well. The library pings on another.
natsStatus NatsLink::on_write_change(void* closure, bool wanted) {
  links().with(closure, [wanted](NatsLink& link) {
    if (!wanted || link.context_.get_executor().running_in_this_thread()) return;
    link.post([](NatsLink& self) {
      if (self.is_open_) self.write_what_waits();
    });
  });
  return NATS_OK;
}

}  // namespace

std::unique_ptr<BrokerLink> make_nats_link(asio::io_context& context, LinkListener& listener, const BrokerUrl& url,
                                           std::size_t host) {
  return std::make_unique<NatsLink>(context, listener, url, host);
}

}  // namespace orbit::cluster
