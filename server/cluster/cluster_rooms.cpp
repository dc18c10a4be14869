#include "cluster/cluster_rooms.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "catalog/client_event.hpp"
#include "catalog/signal_kinds.hpp"
#include "catalog/strict_json.hpp"
#include "cluster/message_fields.hpp"

namespace orbit::cluster {

namespace json = boost::json;
using kernel::MemberId;
using kernel::WorkspaceId;
using realtime::Signal;

namespace {

constexpr std::string_view signals_kind = "signals";
constexpr std::string_view signals_field = R"("signals":[)";

// Keys: "m:" and a member, who is in the room; "s:", a member, ":" and a kind, whose latest value it is.
constexpr std::string_view member_prefix = "m:";
constexpr std::string_view signal_prefix = "s:";

std::string member_key(MemberId member) { return std::string(member_prefix) + member.str(); }

std::string signal_key(MemberId member, const std::string& kind) {
  return std::string(signal_prefix) + member.str() + ":" + kind;
}

bool is_kind(std::string_view kind) {
  return !kind.empty() && kind.size() <= catalog::ClientEventLimits::kind_bytes &&
         std::ranges::all_of(kind, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// It goes into a frame as it is.
bool is_payload(const std::string& text) {
  return text.size() <= catalog::ClientEventLimits::payload_bytes &&
         catalog::parse_strict_json(text, {.depth = catalog::ClientEventLimits::json_depth}).has_value();
}

std::string text_of(const Signal& signal) {
  return R"({"member":")" + signal.member.str() + R"(","kind":)" + json::serialize(json::string(signal.kind)) +
         R"(,"payload":)" + signal.payload.text + "}";
}

std::optional<Signal> read_signal(const json::value& value, const kernel::Uuid& node) {
  if (!value.is_object()) return std::nullopt;
  const json::object& fields = value.get_object();
  const json::value* member = fields.if_contains("member");
  const json::value* kind = fields.if_contains("kind");
  const json::value* payload = fields.if_contains("payload");
  if (member == nullptr || kind == nullptr || payload == nullptr) return std::nullopt;
  if (!member->is_string() || !kind->is_string() || !is_kind(std::string_view(kind->get_string()))) return std::nullopt;
  const auto id = MemberId::parse(std::string_view(member->get_string()));
  if (!id) return std::nullopt;
  return Signal{*id, 0, std::string(std::string_view(kind->get_string())), {json::serialize(*payload)}, node};
}

}  // namespace

ClusterRooms::ClusterRooms(const Parts& parts, kernel::MetricsRegistry& metrics)
    : parts_(parts),
      unknown_counter_(metrics.counter("orbit_cluster_entries_unknown_total",
                                       "Entries of other nodes that this one doesn't understand")) {
  parts_.rooms.set_replication(this);
  parts_.switchboard.handle(std::string(signals_kind),
                            [this](const Message& message) { return signals_came(message); });
}

ClusterRooms::~ClusterRooms() { parts_.rooms.set_replication(nullptr); }

void ClusterRooms::opened(WorkspaceId workspace, const std::string& room) {
  const std::string topic = parts_.subjects.room(workspace, room);
  rooms_.insert_or_assign(topic, Room{workspace, room, {}});
  parts_.state.hold(topic, *this);
}

void ClusterRooms::closed(WorkspaceId workspace, const std::string& room) {
  const std::string topic = parts_.subjects.room(workspace, room);
  rooms_.erase(topic);
  parts_.state.release(topic);
}

void ClusterRooms::came(WorkspaceId workspace, const std::string& room, MemberId member) {
  parts_.state.put(parts_.subjects.room(workspace, room), member_key(member), "here");
}

void ClusterRooms::went(WorkspaceId workspace, const std::string& room, MemberId member) {
  const std::string topic = parts_.subjects.room(workspace, room);
  parts_.state.erase(topic, member_key(member));
  const auto entry = rooms_.find(topic);
  if (entry == rooms_.end()) return;
  const auto standing = entry->second.standing.extract(member);
  if (standing.empty()) return;
  for (const std::string& kind : standing.mapped()) parts_.state.erase(topic, signal_key(member, kind));
}

void ClusterRooms::signalled(WorkspaceId workspace, const std::string& room, const std::vector<Signal>& signals) {
  const std::string topic = parts_.subjects.room(workspace, room);
  const auto entry = rooms_.find(topic);
  if (entry == rooms_.end()) return;
  std::vector<const Signal*> each;
  for (const Signal& signal : signals) {
    if (catalog::delivery_of(signal.kind) == catalog::SignalDelivery::each) {
      each.push_back(&signal);
    } else if (parts_.state.put(topic, signal_key(signal.member, signal.kind), signal.payload.text)) {
      entry->second.standing[signal.member].insert(signal.kind);
    }
  }
  if (!each.empty()) publish_each(topic, each);
}

// One message where they fit into one.
void ClusterRooms::publish_each(const std::string& topic, const std::vector<const Signal*>& signals) {
  const std::size_t room = parts_.switchboard.max_fields(signals_kind);
  std::string fields(signals_field);
  const auto send = [&] {
    parts_.switchboard.publish(topic, signals_kind, fields + "]");
    fields = signals_field;
  };
  for (const Signal* signal : signals) {
    const std::string text = text_of(*signal);
    if (fields.size() > signals_field.size()) {
      if (fields.size() + text.size() + 2 > room) {
        send();
      } else {
        fields += ',';
      }
    }
    fields += text;
  }
  send();
}

bool ClusterRooms::signals_came(const Message& message) {
  const auto entry = rooms_.find(message.subject);
  if (entry == rooms_.end()) return true;
  const auto fields = read_fields(message.text);
  if (!fields) return false;
  const json::value* list = fields->if_contains("signals");
  if (list == nullptr || !list->is_array()) return false;
  std::vector<Signal> signals;
  for (const json::value& one : list->get_array()) {
    auto signal = read_signal(one, message.from);
    if (!signal) return false;
    signals.push_back(*std::move(signal));
  }
  parts_.rooms.signal_elsewhere(entry->second.workspace, entry->second.name, std::move(signals));
  return true;
}

void ClusterRooms::changed(const std::string& topic, const kernel::Uuid& node, const std::string& key,
                           const std::optional<std::string>& value) {
  const auto entry = rooms_.find(topic);
  if (entry == rooms_.end()) return;
  const Room room{entry->second.workspace, entry->second.name, {}};  // it may close meanwhile
  const std::string_view text(key);
  bool is_known = false;
  if (text.starts_with(member_prefix)) {
    is_known = member_changed(room, node, text.substr(member_prefix.size()), value.has_value());
  } else if (text.starts_with(signal_prefix)) {
    is_known = signal_changed(room, node, text.substr(signal_prefix.size()), value);
  }
  if (!is_known) unknown_counter_.add();
}

bool ClusterRooms::member_changed(const Room& room, const kernel::Uuid& node, std::string_view key, bool is_in) {
  const auto member = MemberId::parse(key);
  if (!member) return false;
  parts_.rooms.set_elsewhere(room.workspace, room.name, *member, node, is_in);
  return true;
}

bool ClusterRooms::signal_changed(const Room& room, const kernel::Uuid& node, std::string_view key,
                                  const std::optional<std::string>& value) {
  const std::size_t end = key.find(':');
  if (end == std::string_view::npos) return false;
  const auto member = MemberId::parse(key.substr(0, end));
  const std::string kind(key.substr(end + 1));
  if (!member || !is_kind(kind)) return false;
  if (!value) {
    parts_.rooms.forget_signal_elsewhere(room.workspace, room.name, *member, node, kind);
    return true;
  }
  if (!is_payload(*value)) return false;
  parts_.rooms.signal_elsewhere(room.workspace, room.name, {Signal{*member, 0, kind, {*value}, node}});
  return true;
}

}  // namespace orbit::cluster
