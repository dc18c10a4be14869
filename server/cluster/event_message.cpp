#include "cluster/event_message.hpp"

#include <boost/json.hpp>

#include "cluster/message_fields.hpp"

namespace orbit::cluster {

namespace json = boost::json;
using kernel::DomainEvent;
using realtime::Projection;

namespace {

constexpr std::string_view before_told = R"(,"told":)";
constexpr const char* workspace_audience = "workspace";
constexpr const char* inviters_audience = "inviters";
constexpr const char* room_audience = "room";
constexpr const char* nobody = "nobody";

const char* audience_name(const Projection& projection) {
  if (!projection) return nobody;
  switch (projection->audience) {
    case catalog::Audience::inviters:
      return inviters_audience;
    case catalog::Audience::room:
      return room_audience;
    default:
      return workspace_audience;
  }
}

// nullopt: malformed.
std::optional<Projection> projection_from(const json::object& head, std::string_view told) {
  const std::string_view audience = head.at("audience").as_string();
  if (audience == nobody) return Projection{};
  if (audience == workspace_audience) return realtime::ProjectedEvent{std::string(told)};
  if (audience == inviters_audience) return realtime::ProjectedEvent{std::string(told), catalog::Audience::inviters};
  if (audience != room_audience) return std::nullopt;
  return realtime::ProjectedEvent{std::string(told), catalog::Audience::room, std::string(head.at("room").as_string())};
}

}  // namespace

std::string to_fields(const DomainEvent& event, const std::optional<Projection>& projection) {
  json::object ids;
  for (const auto& [name, id] : event.ids) ids[name] = id;
  json::object head{{"workspace", event.workspace_id.str()},
                    {"seq", event.seq},
                    {"type", event.type},
                    {"ids", std::move(ids)},
                    {"at", event.occurred_at.time_since_epoch().count()}};
  std::string_view told = "null";
  if (projection) {
    head["audience"] = audience_name(*projection);
    if (*projection) {
      if (!(*projection)->room.empty()) head["room"] = (*projection)->room;
      told = (*projection)->json;
    }
  }
  head["told_bytes"] = told.size();
  const std::string text = json::serialize(head);
  std::string fields(text, 1, text.size() - 2);
  fields.append(before_told).append(told);
  return fields;
}

// The bytes of what tabs are told stand at the end, before the last brace; how many there are, before them.
std::optional<EventMessage> event_message_from(std::string_view text) try {
  constexpr std::string_view before_size = R"("told_bytes":)";
  const std::size_t size_at = text.find(before_size);
  if (size_at == std::string_view::npos || !text.ends_with('}')) return std::nullopt;
  const std::size_t head_end = text.find(before_told, size_at);
  if (head_end == std::string_view::npos) return std::nullopt;
  const auto fields = read_fields(std::string(text.substr(0, head_end)) + "}");
  if (!fields) return std::nullopt;
  const json::object& head = *fields;
  const auto told = text.substr(head_end + before_told.size(), text.size() - 1 - head_end - before_told.size());
  if (head.at("told_bytes").to_number<std::size_t>() != told.size()) return std::nullopt;

  const auto workspace = kernel::WorkspaceId::parse(head.at("workspace").as_string());
  if (!workspace) return std::nullopt;
  EventMessage message{{std::string(head.at("type").as_string()),
                        *workspace,
                        {},
                        kernel::Timestamp{std::chrono::milliseconds{head.at("at").to_number<std::int64_t>()}},
                        head.at("seq").to_number<kernel::Seq>()},
                       std::nullopt};
  for (const auto& [name, id] : head.at("ids").as_object()) message.event.ids.emplace_back(name, id.as_string());
  if (head.contains("audience")) {
    auto projection = projection_from(head, told);
    if (!projection) return std::nullopt;
    message.projection = *std::move(projection);
  }
  return message;
} catch (const std::exception&) {  // of a member that is missing, or of another kind
  return std::nullopt;
}

}  // namespace orbit::cluster
