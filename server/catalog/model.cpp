#include "catalog/model.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/mp11.hpp>

#include "catalog/camel_case.hpp"
#include "catalog/example.hpp"
#include "catalog/json.hpp"

namespace orbit::catalog {

namespace {

using boost::mp11::mp_for_each;
using boost::mp11::mp_identity;
using boost::mp11::mp_list;
using boost::mp11::mp_transform;
using Kind = TypeModel::Kind;

template <class T>
struct Name;  // of a type, as the generated files call it
#define ORBIT_CATALOG_NAME(Type)                     \
  template <>                                        \
  struct Name<Type> {                                \
    static constexpr std::string_view value = #Type; \
  };
ORBIT_CATALOG_NAME(WorkspaceId)
ORBIT_CATALOG_NAME(MemberId)
ORBIT_CATALOG_NAME(RoleId)
ORBIT_CATALOG_NAME(InviteId)
ORBIT_CATALOG_NAME(TeamId)
ORBIT_CATALOG_NAME(UserId)
ORBIT_CATALOG_NAME(SessionId)
ORBIT_CATALOG_NAME(SubscriptionId)
ORBIT_CATALOG_NAME(Permission)
ORBIT_CATALOG_NAME(SystemRole)
ORBIT_CATALOG_NAME(Tone)
ORBIT_CATALOG_NAME(PresenceStatus)
ORBIT_CATALOG_NAME(Plan)
ORBIT_CATALOG_NAME(SubscriptionStatus)
ORBIT_CATALOG_NAME(ResyncReason)
ORBIT_CATALOG_NAME(WorkspaceDTO)
ORBIT_CATALOG_NAME(WorkspaceRoleDTO)
ORBIT_CATALOG_NAME(WorkspaceMemberDTO)
ORBIT_CATALOG_NAME(WorkspaceInviteDTO)
ORBIT_CATALOG_NAME(TeamDTO)
ORBIT_CATALOG_NAME(SubscriptionDTO)
ORBIT_CATALOG_NAME(PresenceDTO)
ORBIT_CATALOG_NAME(UserDTO)
ORBIT_CATALOG_NAME(SessionDTO)
ORBIT_CATALOG_NAME(WorkspaceSummaryDTO)
ORBIT_CATALOG_NAME(SignedInDTO)
ORBIT_CATALOG_NAME(WorkspaceSnapshotDTO)
ORBIT_CATALOG_NAME(CreatedInviteDTO)
ORBIT_CATALOG_NAME(LogEntryDTO)
#undef ORBIT_CATALOG_NAME

using Ids = mp_list<WorkspaceId, MemberId, RoleId, InviteId, TeamId, UserId, SessionId, SubscriptionId>;
using Enums = mp_list<SystemRole, Tone, PresenceStatus, Plan, SubscriptionStatus, ResyncReason>;
using Objects = mp_list<WorkspaceDTO, WorkspaceRoleDTO, WorkspaceMemberDTO, WorkspaceInviteDTO, TeamDTO,
                        SubscriptionDTO, PresenceDTO, UserDTO, SessionDTO, WorkspaceSummaryDTO, SignedInDTO,
                        WorkspaceSnapshotDTO, CreatedInviteDTO, LogEntryDTO>;

template <class T>
std::string name_of() {
  return std::string(Name<T>::value);
}

// What a C++ type is on the wire.
template <class T>
struct Wire {
  static TypeModel type() {
    if constexpr (std::is_same_v<T, std::string>) {
      return {Kind::text, {}, {}};
    } else if constexpr (std::is_same_v<T, bool>) {
      return {Kind::boolean, {}, {}};
    } else if constexpr (std::is_integral_v<T>) {
      return {Kind::integer, {}, {}};
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      return {Kind::timestamp, {}, {}};
    } else if constexpr (std::is_same_v<T, RawJson>) {
      return {Kind::any, {}, {}};
    } else if constexpr (std::is_enum_v<T>) {
      return {Kind::enumeration, name_of<T>(), {}};
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
      return {Kind::object, name_of<T>(), {}};
    } else {
      return {Kind::id, name_of<T>(), {}};
    }
  }
  static constexpr bool nullable = false;
  static constexpr bool optional = false;
};

template <class T>
struct Wire<std::vector<T>> {
  static TypeModel type() { return {Kind::list, {}, std::make_shared<TypeModel>(Wire<T>::type())}; }
  static constexpr bool nullable = false;
  static constexpr bool optional = false;
};

template <class T>
struct Wire<std::optional<T>> : Wire<T> {
  static constexpr bool nullable = true;
};

template <class T>
struct Wire<Omittable<T>> : Wire<T> {
  static constexpr bool optional = true;
};

template <class T>
ObjectModel object_model(std::string name) {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  static_assert(T::field_docs.size() == boost::mp11::mp_size<Members>::value, "every field has one line of doc");
  ObjectModel object{std::move(name), std::string(T::doc), {}};
  mp_for_each<Members>([&](auto member) {
    using Field = Wire<std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>>;
    object.fields.push_back({camel_case(member.name), std::string(T::field_docs[object.fields.size()]), Field::type(),
                             Field::nullable, Field::optional});
  });
  return object;
}

std::string channel_of(Audience audience) {
  switch (audience) {
    case Audience::socket:
      return "this connection";
    case Audience::workspace:
      return "workspace:{id}";
    case Audience::inviters:
      return "workspace:{id}:workspace.members.invite";
    case Audience::room:
      return "room:{id}";
  }
  return {};
}

template <class Event>
EventModel event_model() {
  EventModel model{object_model<Event>(pascal_case(Event::type)), std::string(Event::type), {}, false, {}};
  if constexpr (requires { Event::audience; }) {
    model.channel = channel_of(Event::audience);
    model.durable = Event::durable;
    model.example = to_json(example_of(ServerEvent(Event{})), Event::durable ? std::optional<Seq>(42) : std::nullopt);
  } else {
    model.example = example_of(ClientEvent(Event{}));
  }
  return model;
}

}  // namespace

CatalogModel describe_catalog() {
  CatalogModel model;
  mp_for_each<mp_transform<mp_identity, Ids>>([&](auto id) {
    using IdType = typename decltype(id)::type;
    model.ids.push_back({name_of<IdType>(), std::string(IdType::tag::prefix)});
  });

  EnumModel permissions{name_of<Permission>(), {}};
  for (const Permission permission : all_permissions) permissions.values.emplace_back(wire_name(permission));
  model.enums.push_back(std::move(permissions));
  mp_for_each<mp_transform<mp_identity, Enums>>([&](auto enumeration) {
    using Enum = typename decltype(enumeration)::type;
    EnumModel values{name_of<Enum>(), {}};
    mp_for_each<boost::describe::describe_enumerators<Enum>>(
        [&](auto enumerator) { values.values.emplace_back(enumerator.name); });
    model.enums.push_back(std::move(values));
  });

  mp_for_each<mp_transform<mp_identity, Objects>>([&](auto object) {
    using Object = typename decltype(object)::type;
    model.objects.push_back(object_model<Object>(name_of<Object>()));
  });
  mp_for_each<mp_transform<mp_identity, ServerEvent>>(
      [&](auto event) { model.server_events.push_back(event_model<typename decltype(event)::type>()); });
  mp_for_each<mp_transform<mp_identity, ClientEvent>>(
      [&](auto event) { model.client_events.push_back(event_model<typename decltype(event)::type>()); });
  return model;
}

}  // namespace orbit::catalog
