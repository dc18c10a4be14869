#include "cluster/postgres_link.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cluster/postgres_connection.hpp"
#include "kernel/utf8_validator.hpp"

namespace orbit::cluster {

namespace {

// PostgreSQL walks a list of all channels that a connection listens to, for each LISTEN and each notification. So there
// are few channels, subjects are sorted into them, and a message brings its subject along. All nodes must agree on
// both.
constexpr std::size_t channels = 64;

std::size_t channel_of(std::string_view subject) {
  std::uint32_t hash = 2'166'136'261U;  // FNV-1a
  for (const unsigned char c : subject) hash = (hash ^ c) * 16'777'619U;
  return hash % channels;
}

std::string name_of(std::size_t channel) { return "orbit_backplane_" + std::to_string(channel); }

// Each connection's. Notifications are nothing that must survive a crash of the server.
constexpr std::string_view setup = "SET synchronous_commit TO off; SET client_min_messages TO error;";
constexpr const char* notify_statement = "orbit_notify";
constexpr std::string_view prepare_notify =
    "PREPARE orbit_notify(text[], text[]) AS SELECT pg_notify(channel, payload) FROM unnest($1, $2) AS m(channel, "
    "payload)";

constexpr std::size_t most_payload = 7'999;
constexpr std::size_t most_in_batch = 1'000;

void append_integer(std::string& to, std::uint32_t value) {
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A text[] of one dimension in PostgreSQL's binary form.
class TextArray {
 public:
  void add(std::string_view text) {
    append_integer(elements_, static_cast<std::uint32_t>(text.size()));
    elements_.append(text);
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return elements_.size(); }
  [[nodiscard]] std::string encoded() const {
    constexpr std::uint32_t text_type = 25;
    std::string all;
    for (const std::uint32_t value :
         {std::uint32_t{1}, std::uint32_t{0}, text_type, static_cast<std::uint32_t>(size_), std::uint32_t{1}}) {
      append_integer(all, value);  // dimensions, whether there are nulls, type, elements, index of the first
    }
    return all + elements_;
  }

 private:
  std::string elements_;
  std::size_t size_ = 0;
};

class PostgresLink final : public BrokerLink {
 public:
  PostgresLink(boost::asio::io_context& context, LinkListener& listener, std::string conninfo)
      : context_(context), listener_(listener), conninfo_(std::move(conninfo)) {}

  void open() override {
    hearing_.connection.emplace(context_, hearing_, conninfo_, std::string(setup));
    telling_.connection.emplace(context_, telling_, conninfo_, std::string(setup) + std::string(prepare_notify));
  }

  void subscribe(std::string_view subject, SubscriptionId id) override { hearing_.subscribe(subject, id); }
  void unsubscribe(std::string_view subject) override { hearing_.unsubscribe(subject); }
  void publish(std::string_view subject, std::string_view message) override { telling_.publish(subject, message); }

  void flush() override {
    hearing_.listen_to_what_is_needed();
    telling_.notify();
  }

  [[nodiscard]] std::size_t queued_bytes() const override { return telling_.bytes; }

 private:
  struct Part : PostgresConnection::Owner {
    explicit Part(PostgresLink& whole) : link(whole) {}
    void failed(std::string_view reason) override { link.fail(reason); }
    void note_ready() {
      is_ready = true;
      if (link.hearing_.is_ready && link.telling_.is_ready) link.listener_.link_up();
    }

    PostgresLink& link;
    bool is_ready = false;
    std::optional<PostgresConnection> connection;
  };

  struct Hearing final : Part {
    struct Channel {
      std::size_t subjects = 0;
      bool is_heard = false;
      std::vector<std::pair<std::string, SubscriptionId>> unconfirmed = {};
    };

    using Part::Part;

    void subscribe(std::string_view subject, SubscriptionId id) {
      Channel& channel = by_number.at(channel_of(subject));
      if (!subjects.emplace(subject).second) return;
      ++channel.subjects;
      if (channel.is_heard) return link.listener_.subscribed(subject, id);
      channel.unconfirmed.emplace_back(subject, id);
    }

    void unsubscribe(std::string_view subject) {
      if (subjects.erase(std::string(subject)) > 0) --by_number.at(channel_of(subject)).subjects;
    }

    // All in one query, thus in one transaction: what is committed after it is heard.
    void listen_to_what_is_needed() {
      if (!connection->is_idle()) return;
      std::string sql;
      for (std::size_t i = 0; i < channels; ++i) {
        Channel& channel = by_number.at(i);
        const bool is_needed = channel.subjects > 0;
        if (is_needed == channel.is_heard) continue;
        sql += (is_needed ? "LISTEN " : "UNLISTEN ") + name_of(i) + ";";
        if (is_needed) {
          becoming_heard.push_back(i);
        } else {
          channel.is_heard = false;
        }
      }
      if (!sql.empty()) connection->query(sql);
    }

    void idle() override {
      if (!is_ready) return note_ready();
      for (const std::size_t number : std::exchange(becoming_heard, {})) {
        Channel& channel = by_number.at(number);
        channel.is_heard = true;
        for (const auto& [subject, id] : std::exchange(channel.unconfirmed, {})) link.listener_.subscribed(subject, id);
      }
      listen_to_what_is_needed();
    }

    // On a standby, for one.
    void refused(std::string_view reason) override { link.fail(reason); }

    // "number subject message".
    void notified(std::string_view payload) override {
      const auto first = payload.find(' ');
      const auto second = payload.find(' ', first + 1);
      if (first == std::string_view::npos || second == std::string_view::npos) return link.listener_.unwanted();
      const std::string_view subject = payload.substr(first + 1, second - first - 1);
      if (!subjects.contains(std::string(subject))) return link.listener_.unwanted();
      link.listener_.received(subject, payload.substr(second + 1));
    }

    std::array<Channel, channels> by_number;
    std::vector<std::size_t> becoming_heard;  // once the present query is done
    std::unordered_set<std::string> subjects;
  };

  struct Telling final : Part {
    struct Batch {
      TextArray channels;
      TextArray payloads;
    };

    using Part::Part;

    // PostgreSQL tells equal notifications of one transaction only once. Their number in it makes them different.
    void publish(std::string_view subject, std::string_view message) {
      if (message.contains('\0') || !kernel::is_valid_utf8(message)) {
        // It would take all of its batch down with it.
        return link.listener_.dropped(DropReason::refused, 1);
      }
      if (waiting.empty() || waiting.back().payloads.size() == most_in_batch) waiting.emplace_back();
      Batch& batch = waiting.back();
      std::string payload = std::to_string(batch.payloads.size());
      payload.append(" ").append(subject).append(" ").append(message);
      if (payload.size() > most_payload) return link.listener_.dropped(DropReason::too_large, 1);
      bytes += payload.size();
      batch.channels.add(name_of(channel_of(subject)));
      batch.payloads.add(payload);
    }

    // Transactions with notifications commit one after the other in the whole server, whichever database they are in:
    // what has come up while one was under way goes with the next, however many messages that is.
    void notify() {
      if (!connection->is_idle() || waiting.empty() || waiting.front().payloads.size() == 0) return;
      const Batch batch = std::move(waiting.front());
      waiting.pop_front();
      under_way = batch.payloads.size();
      bytes -= batch.payloads.bytes() - 4 * under_way;
      connection->execute(notify_statement, {batch.channels.encoded(), batch.payloads.encoded()});
    }

    void idle() override {
      if (!is_ready) return note_ready();
      under_way = 0;
      notify();
    }

    void refused(std::string_view reason) override {
      link.listener_.dropped(DropReason::refused, under_way);
      if (!std::exchange(has_warned, true))
        spdlog::warn("backplane: PostgreSQL refused {} messages: {}", under_way, reason);
    }

    void notified(std::string_view) override {}  // it doesn't listen

    std::deque<Batch> waiting;
    std::size_t bytes = 0;      // of payloads in `waiting`
    std::size_t under_way = 0;  // messages in the present query
    bool has_warned = false;
  };

  void fail(std::string_view reason) {
    if (!std::exchange(has_failed_, true)) listener_.link_down(reason);
  }

  boost::asio::io_context& context_;
  LinkListener& listener_;
  const std::string conninfo_;
  bool has_failed_ = false;
  Hearing hearing_{*this};
  Telling telling_{*this};
};

}  // namespace

std::unique_ptr<BrokerLink> make_postgres_link(boost::asio::io_context& context, LinkListener& listener,
                                               const std::string& conninfo) {
  return std::make_unique<PostgresLink>(context, listener, conninfo);
}

}  // namespace orbit::cluster
