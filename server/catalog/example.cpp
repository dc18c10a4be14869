#include "catalog/example.hpp"

namespace orbit::catalog {

namespace {

template <class IdType>
IdType id(std::string_view last_digits) {
  constexpr std::string_view uuid = "0198c0de-5a1e-7000-8000-0000000000";
  return *IdType::parse(std::string(IdType::tag::prefix) + std::string(uuid) + std::string(last_digits));
}

Timestamp at(std::string_view time) { return *kernel::from_iso8601("2026-03-02T" + std::string(time) + "Z"); }

const auto acme_id = id<WorkspaceId>("01");
const auto ada_id = id<MemberId>("0a");
const auto grace_id = id<MemberId>("0b");
const auto engines_id = id<TeamId>("1a");
constexpr const char* room = "team_0198c0de-5a1e-7000-8000-00000000001a";
constexpr const char* epoch = "0198c0de-5a1e-7000-8000-0000000000e0";

WorkspaceDTO workspace() { return {acme_id, "acme", "Acme", ada_id, at("09:00:00.000")}; }

WorkspaceRoleDTO role() {
  WorkspaceRoleDTO role;
  role.id = id<RoleId>("2a");
  role.workspace_id = acme_id;
  role.name = "Admin";
  role.description = "Runs the workspace day to day";
  role.is_system = true;
  role.system_key = SystemRole::ADMIN;
  role.sort_order = 1;
  role.permissions = {Permission::workspace_members_invite, Permission::teams_manage};
  role.created_at = at("09:00:00.000");
  return role;
}

WorkspaceMemberDTO member() {
  return {grace_id,          acme_id, id<UserId>("3b"), "Grace Hopper",
          "grace@acme.test", role(),  Tone::teal,       at("09:30:00.000")};
}

WorkspaceInviteDTO invite() {
  return {id<InviteId>("4a"), acme_id,      "alan@acme.test", ada_id, role(),
          at("10:00:00.000"), std::nullopt, std::nullopt};
}

TeamDTO team() { return {engines_id, acme_id, "Engines", {ada_id, grace_id}, at("09:10:00.000")}; }

SubscriptionDTO subscription() {
  return {id<SubscriptionId>("5a"), acme_id, Plan::team,        SubscriptionStatus::active, 5,
          at("09:00:00.000"),       false,   at("09:00:00.000")};
}

PresenceDTO presence() { return {ada_id, true, PresenceStatus::online, at("10:15:00.000")}; }

struct ServerExample {
  Hello operator()(const Hello&) const {
    return {ada_id, acme_id, epoch, 41, at("10:15:00.000"), 25'000, "a", {presence()}};
  }
  Resync operator()(const Resync&) const { return {epoch, 41, ResyncReason::permissions}; }
  WorkspaceUpdated operator()(const WorkspaceUpdated&) const { return {workspace()}; }
  WorkspaceDeleted operator()(const WorkspaceDeleted&) const { return {acme_id}; }
  MemberJoined operator()(const MemberJoined&) const { return {member()}; }
  MemberRoleChanged operator()(const MemberRoleChanged&) const { return {member()}; }
  MemberUpdated operator()(const MemberUpdated&) const { return {member()}; }
  MemberLeft operator()(const MemberLeft&) const { return {grace_id}; }
  RoleCreated operator()(const RoleCreated&) const { return {role()}; }
  RoleUpdated operator()(const RoleUpdated&) const { return {role()}; }
  RoleDeleted operator()(const RoleDeleted&) const { return {id<RoleId>("2c")}; }
  InviteCreated operator()(const InviteCreated&) const { return {invite()}; }
  InviteRevoked operator()(const InviteRevoked&) const { return {id<InviteId>("4a")}; }
  InviteAccepted operator()(const InviteAccepted&) const { return {id<InviteId>("4a")}; }
  TeamCreated operator()(const TeamCreated&) const { return {team()}; }
  TeamUpdated operator()(const TeamUpdated&) const { return {team()}; }
  TeamDeleted operator()(const TeamDeleted&) const { return {engines_id}; }
  TeamMemberAdded operator()(const TeamMemberAdded&) const { return {engines_id, grace_id}; }
  TeamMemberRemoved operator()(const TeamMemberRemoved&) const { return {engines_id, grace_id}; }
  SubscriptionUpdated operator()(const SubscriptionUpdated&) const { return {subscription()}; }
  PresenceCount operator()(const PresenceCount&) const { return {1204}; }
  PresenceUpdate operator()(const PresenceUpdate&) const {
    return {grace_id, true, PresenceStatus::away, at("10:15:00.000")};
  }
  RoomJoined operator()(const RoomJoined&) const { return {room, {ada_id, grace_id}}; }
  RoomLeft operator()(const RoomLeft&) const { return {room}; }
  RoomPresence operator()(const RoomPresence&) const { return {room, grace_id, true}; }
  RoomSignal operator()(const RoomSignal&) const { return {room, grace_id, "cursor", {R"({"x":0.25,"y":0.5})"}}; }
  Pong operator()(const Pong&) const { return {at("10:15:00.000"), 42}; }
  Reply operator()(const Reply&) const { return {"a1", true}; }
  ErrorEvent operator()(const ErrorEvent&) const { return {"a1", "room.unknown", "There is no room of that name."}; }
};

struct ClientExample {
  std::string operator()(const Ping&) const { return R"({"type":"ping"})"; }
  std::string operator()(const PresenceAway&) const { return R"({"type":"presence.away"})"; }
  std::string operator()(const PresenceBack&) const { return R"({"type":"presence.back"})"; }
  std::string operator()(const PresenceWatch&) const {
    return R"({"type":"presence.watch","memberIds":[")" + grace_id.str() + R"("]})";
  }
  std::string operator()(const RoomJoin&) const {
    return R"({"type":"room.join","ref":"a1","room":")" + std::string(room) + R"(","after":42})";
  }
  std::string operator()(const RoomLeave&) const {
    return R"({"type":"room.leave","ref":"a2","room":")" + std::string(room) + R"("})";
  }
  std::string operator()(const SendRoomSignal&) const {
    return R"({"type":"room.signal","room":")" + std::string(room) +
           R"(","kind":"cursor","payload":{"x":0.25,"y":0.5}})";
  }
};

}  // namespace

ServerEvent example_of(const ServerEvent& event) {
  return std::visit([](const auto& held) -> ServerEvent { return ServerExample{}(held); }, event);
}

std::string example_of(const ClientEvent& event) { return std::visit(ClientExample{}, event); }

}  // namespace orbit::catalog
