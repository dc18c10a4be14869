#include "catalog/client_event.hpp"

#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <cctype>

#include "catalog/strict_json.hpp"

namespace orbit::catalog {

namespace json = boost::json;
using kernel::ErrorKind;
using kernel::failure;
using kernel::invalid_field;
using kernel::Result;
using Limits = ClientEventLimits;

namespace {

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

Result<std::string> read_string(const json::object& object, std::string_view field, std::size_t max_bytes) {
  const json::value* value = object.if_contains(field);
  if (value == nullptr) return invalid_field(std::string(field), "required", "This field is required.");
  if (!value->is_string()) return invalid_field(std::string(field), "not_a_string", "This field must be a string.");
  const std::string_view text = view(value->get_string());
  if (text.empty()) return invalid_field(std::string(field), "empty", "This field must not be empty.");
  if (text.size() > max_bytes) {
    return invalid_field(std::string(field), "too_long",
                         "This field may have at most " + std::to_string(max_bytes) + " bytes.");
  }
  return std::string(text);
}

// Names of rooms and kinds: letters, digits and _-.: only, so that they are safe in channels, logs and metrics.
Result<std::string> read_name(const json::object& object, std::string_view field, std::size_t max_bytes) {
  auto name = read_string(object, field, max_bytes);
  if (!name) return name;
  for (const char c : *name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
        std::string_view("_-.:").find(c) == std::string_view::npos) {
      return invalid_field(std::string(field), "bad_character", "Only letters, digits, and _ - . : are allowed here.");
    }
  }
  return name;
}

// Left out, or a seq that JavaScript can count to.
Result<Omittable<Seq>> read_seq(const json::object& object, std::string_view field) {
  constexpr std::uint64_t most = (std::uint64_t{1} << 53) - 1;
  const json::value* value = object.if_contains(field);
  if (value == nullptr) return Omittable<Seq>{};
  boost::system::error_code error;
  const auto seq = value->to_number<std::uint64_t>(error);
  if (error || value->is_double() || seq > most) {
    return invalid_field(std::string(field), "not_a_seq", "This must be a whole number, 0 or more.");
  }
  return Omittable<Seq>{seq};
}

Result<std::vector<MemberId>> read_member_ids(const json::object& object) {
  const json::value* value = object.if_contains("memberIds");
  if (value == nullptr) return invalid_field("memberIds", "required", "This field is required.");
  if (!value->is_array())
    return invalid_field("memberIds", "not_an_array", "This field must be an array of member ids.");
  const json::array& array = value->get_array();
  if (array.size() > Limits::watched_members) {
    return invalid_field("memberIds", "too_many",
                         "memberIds may name at most " + std::to_string(Limits::watched_members) + " members.");
  }
  std::vector<MemberId> ids;
  ids.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto id = array[i].is_string() ? MemberId::parse(view(array[i].get_string())) : std::nullopt;
    if (!id) return invalid_field("memberIds/" + std::to_string(i), "not_an_id", "This must be a member's id.");
    ids.push_back(*id);
  }
  return ids;
}

Result<RawJson> read_payload(const json::object& object) {
  const json::value* value = object.if_contains("payload");
  if (value == nullptr) return invalid_field("payload", "required", "This field is required.");
  RawJson payload{json::serialize(*value)};
  if (payload.text.size() > Limits::payload_bytes) {
    return invalid_field("payload", "too_long",
                         "A signal's payload may have at most " + std::to_string(Limits::payload_bytes) + " bytes.");
  }
  return payload;
}

// One overload for each ClientEvent: a new alternative without one does not compile.
Result<Ping> read(const json::object&, Ping event) { return event; }
Result<PresenceAway> read(const json::object&, PresenceAway event) { return event; }
Result<PresenceBack> read(const json::object&, PresenceBack event) { return event; }

Result<PresenceWatch> read(const json::object& object, PresenceWatch event) {
  auto ids = read_member_ids(object);
  if (!ids) return std::unexpected(std::move(ids.error()));
  event.member_ids = std::move(*ids);
  return event;
}

Result<RoomJoin> read(const json::object& object, RoomJoin event) {
  auto room = read_name(object, "room", Limits::room_bytes);
  if (!room) return std::unexpected(std::move(room.error()));
  auto after = read_seq(object, "after");
  if (!after) return std::unexpected(std::move(after.error()));
  event.room = std::move(*room);
  event.after = *after;
  return event;
}

Result<RoomLeave> read(const json::object& object, RoomLeave event) {
  auto room = read_name(object, "room", Limits::room_bytes);
  if (!room) return std::unexpected(std::move(room.error()));
  event.room = std::move(*room);
  return event;
}

Result<SendRoomSignal> read(const json::object& object, SendRoomSignal event) {
  auto room = read_name(object, "room", Limits::room_bytes);
  if (!room) return std::unexpected(std::move(room.error()));
  auto kind = read_name(object, "kind", Limits::kind_bytes);
  if (!kind) return std::unexpected(std::move(kind.error()));
  auto payload = read_payload(object);
  if (!payload) return std::unexpected(std::move(payload.error()));
  event.room = std::move(*room);
  event.kind = std::move(*kind);
  event.payload = std::move(*payload);
  return event;
}

Result<ClientEvent> read_event(const json::object& object, std::string_view type) {
  Result<ClientEvent> result =
      failure(ErrorKind::invalid, "frame.unknown_type", "There is no client event of this type.");
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, ClientEvent>>([&](auto identity) {
    using Event = typename decltype(identity)::type;
    if (Event::type != type) return;
    auto event = read(object, Event{});
    if (event) {
      result = ClientEvent(std::move(*event));
    } else {
      result = std::unexpected(std::move(event.error()));
    }
  });
  return result;
}

}  // namespace

std::expected<ClientFrame, ClientFrameError> parse_client_frame(std::string_view text) {
  const auto refuse = [](std::optional<std::string> ref, kernel::Error error) {
    return std::unexpected(ClientFrameError{std::move(ref), std::move(error)});
  };

  auto value = parse_strict_json(text, {.depth = Limits::json_depth});
  if (!value) {
    kernel::Error error = std::move(value.error());
    error.code = "frame.not_json";
    return refuse(std::nullopt, std::move(error));
  }
  if (!value->is_object()) {
    return refuse(std::nullopt, {ErrorKind::invalid, "frame.not_an_object", "A frame must be a JSON object."});
  }
  const json::object& object = value->get_object();

  std::optional<std::string> ref;
  if (object.contains("ref")) {
    auto read_ref = read_string(object, "ref", Limits::ref_bytes);
    if (!read_ref) return refuse(std::nullopt, std::move(read_ref.error()));
    ref = std::move(*read_ref);
  }
  const auto type = read_string(object, "type", Limits::kind_bytes);
  if (!type) return refuse(std::move(ref), type.error());
  auto event = read_event(object, *type);
  if (!event) return refuse(std::move(ref), std::move(event.error()));
  return ClientFrame{std::move(ref), std::move(*event)};
}

}  // namespace orbit::catalog
