#include "cluster/cluster_realtime_hub.hpp"

#include <boost/json.hpp>
#include <set>

#include "cluster/message_fields.hpp"

namespace orbit::cluster {

namespace json = boost::json;
using kernel::MemberId;
using kernel::SessionId;
using kernel::WorkspaceId;
using realtime::CloseCode;
using realtime::SharedFrame;

namespace {

constexpr const char* broadcast_kind = "broadcast";
constexpr const char* session_ended_kind = "session_ended";
constexpr const char* send_away_kind = "send_away";
// Quotes within a JSON string are escaped: the first that is not is where the frame begins.
constexpr std::string_view before_frame = R"(,"frame":)";

// The rest, where the text begins so.
std::optional<std::string_view> after(std::string_view text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return std::nullopt;
  return text.substr(beginning.size());
}

// nullopt where the message is malformed.
template <class IdType>
std::optional<IdType> id_in(const Message& message, std::string_view field) {
  const auto fields = read_fields(message.text);
  const json::value* text = fields ? fields->if_contains(field) : nullptr;
  return text != nullptr && text->is_string() ? IdType::parse(std::string_view(text->get_string())) : std::nullopt;
}

}  // namespace

ClusterRealtimeHub::ClusterRealtimeHub(realtime::InProcessRealtimeHub& local, Switchboard& switchboard,
                                       const Subjects& subjects, kernel::Scheduler& scheduler,
                                       const realtime::FrameEncoder& encoder)
    : local_(local), switchboard_(switchboard), subjects_(subjects), scheduler_(scheduler), encoder_(encoder) {
  switchboard_.handle(broadcast_kind, [this](const Message& message) { return received_broadcast(message); });
  switchboard_.handle(session_ended_kind, [this](const Message& message) { return received_session_end(message); });
  switchboard_.handle(send_away_kind, [this](const Message& message) { return received_send_away(message); });
  switchboard_.subscribe(subjects_.everyone());
  local_.set_channel_listener(this);
}

ClusterRealtimeHub::~ClusterRealtimeHub() { local_.set_channel_listener(nullptr); }

void ClusterRealtimeHub::broadcast(std::string_view channel, const SharedFrame& frame) {
  const std::string name(channel);
  broadcast_many(std::span(&name, 1), frame);
}

void ClusterRealtimeHub::broadcast_many(std::span<const std::string> channels, const SharedFrame& frame) {
  local_.broadcast_many(channels, frame);
  if (frame->seq) return;
  json::array crossing;
  std::set<std::string> subjects;
  for (const std::string& channel : channels) {
    auto subject = subject_of(channel);
    if (!subject) continue;
    subjects.insert(*std::move(subject));
    crossing.emplace_back(channel);
  }
  if (subjects.empty()) return;
  std::string fields = R"("channels":)" + json::serialize(crossing);
  fields.append(before_frame).append(frame->payload());
  scheduler_.post([this, subjects = std::move(subjects), fields = std::move(fields)] {
    for (const std::string& subject : subjects) switchboard_.publish(subject, broadcast_kind, fields);
  });
}

bool ClusterRealtimeHub::received_broadcast(const Message& message) try {
  const std::size_t head_end = message.text.find(before_frame);
  if (head_end == std::string_view::npos || !message.text.ends_with('}')) return false;
  const auto head = read_fields(std::string(message.text.substr(0, head_end)) + "}");
  if (!head) return false;
  std::vector<std::string> channels;
  for (const json::value& channel : head->at("channels").as_array()) {
    // One that crosses by another subject comes there.
    if (subject_of(channel.as_string()) == message.subject) channels.emplace_back(channel.as_string());
  }
  std::string_view frame = message.text.substr(head_end + before_frame.size());
  frame.remove_suffix(1);
  local_.broadcast_many(channels, encoder_.encode(frame, std::nullopt));
  return true;
} catch (const std::exception&) {  // of a member that is missing, or of another kind
  return false;
}

void ClusterRealtimeHub::close_session(SessionId session, CloseCode code, std::string_view reason) {
  local_.close_session(session, code, reason);
  scheduler_.post([this, session] {
    switchboard_.publish(subjects_.everyone(), session_ended_kind, R"("session":")" + session.str() + "\"");
  });
}

bool ClusterRealtimeHub::received_session_end(const Message& message) {
  const auto session = id_in<SessionId>(message, "session");
  if (!session) return false;
  local_.close_session(*session, CloseCode::session_ended, "the session ended");
  return true;
}

void ClusterRealtimeHub::send_away_member(MemberId member) {
  local_.close_member(member, CloseCode::going_away, sent_away);
  scheduler_.post([this, member] {
    switchboard_.publish(subjects_.member(member), send_away_kind, R"("member":")" + member.str() + "\"");
  });
}

bool ClusterRealtimeHub::received_send_away(const Message& message) {
  const auto member = id_in<MemberId>(message, "member");
  if (!member) return false;
  local_.close_member(*member, CloseCode::going_away, sent_away);
  return true;
}

void ClusterRealtimeHub::channel_opened(std::string_view channel) {
  if (auto subject = subject_of(channel)) {
    scheduler_.post([this, subject = *std::move(subject)] { switchboard_.subscribe(subject); });
  }
}

void ClusterRealtimeHub::channel_closed(std::string_view channel) {
  if (auto subject = subject_of(channel)) {
    scheduler_.post([this, subject = *std::move(subject)] { switchboard_.unsubscribe(subject); });
  }
}

std::optional<std::string> ClusterRealtimeHub::subject_of(std::string_view channel) const {
  const auto of_workspace = [](std::string_view name) { return WorkspaceId::parse(name.substr(0, name.find(':'))); };
  if (const auto name = after(channel, "workspace:")) {
    const auto workspace = of_workspace(*name);
    return workspace ? std::optional(subjects_.workspace(*workspace)) : std::nullopt;
  }
  if (const auto name = after(channel, "room:")) {
    const auto workspace = of_workspace(*name);
    const std::size_t room = name->find(':');
    if (!workspace || room == std::string_view::npos) return std::nullopt;
    return subjects_.room(*workspace, name->substr(room + 1));
  }
  if (const auto name = after(channel, "member:")) {
    const auto member = MemberId::parse(*name);
    return member ? std::optional(subjects_.member(*member)) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace orbit::cluster
