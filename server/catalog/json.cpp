#include "catalog/json.hpp"

#include "catalog/json_writer.hpp"

namespace orbit::catalog {

template <class T>
std::string to_json(const T& value) {
  std::string out;
  json::append(out, value);
  return out;
}

namespace {

bool is_own(std::string_view field) { return field == "you" || field == "presence"; }

}  // namespace

std::string shared_part(const WorkspaceSnapshotDTO& snapshot) {
  std::string out = "{";
  json::append_fields(out, snapshot, true, [](std::string_view field) { return !is_own(field); });
  return out;
}

std::string own_part(const WorkspaceSnapshotDTO& snapshot) {
  std::string out;
  json::append_fields(out, snapshot, false, is_own);
  return out += "}";
}

std::string hello_with(const Hello& hello, std::string_view roster) {
  std::string out = "{\"type\":";
  json::append_string(out, Hello::type);
  json::append_fields(out, hello, false, [](std::string_view field) { return field != "presence"; });
  json::append_key(out += ',', "presence");
  out += roster;
  return out += '}';
}

std::string to_json(const ServerEvent& event, std::optional<Seq> seq) { return json::event_frame(event, seq); }

std::string_view type_of(const ServerEvent& event) {
  return std::visit([](const auto& held) { return held.type; }, event);
}

template std::string to_json(const WorkspaceDTO&);
template std::string to_json(const WorkspaceRoleDTO&);
template std::string to_json(const WorkspaceMemberDTO&);
template std::string to_json(const WorkspaceInviteDTO&);
template std::string to_json(const TeamDTO&);
template std::string to_json(const SubscriptionDTO&);
template std::string to_json(const PresenceDTO&);
template std::string to_json(const UserDTO&);
template std::string to_json(const SessionDTO&);
template std::string to_json(const SignedInDTO&);
template std::string to_json(const WorkspaceSnapshotDTO&);
template std::string to_json(const CreatedInviteDTO&);
template std::string to_json(const WorkspaceSummaryDTO&);
template std::string to_json(const std::vector<WorkspaceSummaryDTO>&);
template std::string to_json(const std::vector<LogEntryDTO>&);
template std::string to_json(const std::vector<WorkspaceRoleDTO>&);
template std::string to_json(const std::vector<WorkspaceMemberDTO>&);
template std::string to_json(const std::vector<WorkspaceInviteDTO>&);
template std::string to_json(const std::vector<TeamDTO>&);
template std::string to_json(const std::vector<PresenceDTO>&);
template std::string to_json(const std::vector<SessionDTO>&);

}  // namespace orbit::catalog
