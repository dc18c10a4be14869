// ClientEvents: everything that a tab may send, and the limits on it. Plain data: any thread.
#pragma once

#include <string_view>
#include <variant>

#include "catalog/dto.hpp"
#include "kernel/error.hpp"

namespace orbit::catalog {

struct Ping {
  static constexpr std::string_view type = "ping";
  static constexpr std::string_view doc = "Asks for a pong.";
  static constexpr std::array<std::string_view, 0> field_docs{};
};
BOOST_DESCRIBE_STRUCT(Ping, (), ())

struct PresenceAway {
  static constexpr std::string_view type = "presence.away";
  static constexpr std::string_view doc = "The person turned away from this tab.";
  static constexpr std::array<std::string_view, 0> field_docs{};
};
BOOST_DESCRIBE_STRUCT(PresenceAway, (), ())

struct PresenceBack {
  static constexpr std::string_view type = "presence.back";
  static constexpr std::string_view doc = "The person is back at this tab.";
  static constexpr std::array<std::string_view, 0> field_docs{};
};
BOOST_DESCRIBE_STRUCT(PresenceBack, (), ())

struct PresenceWatch {
  static constexpr std::string_view type = "presence.watch";
  static constexpr std::string_view doc =
      "Asks how these members stand, and to be told of their transitions from now on. Replaces what was asked before.";
  static constexpr std::array<std::string_view, 1> field_docs{
      "The members to tell about; at most 200. Whoever is no member of the workspace is offline."};

  std::vector<MemberId> member_ids;
};
BOOST_DESCRIBE_STRUCT(PresenceWatch, (), (member_ids))

struct RoomJoin {
  static constexpr std::string_view type = "room.join";
  static constexpr std::string_view doc = "Asks to come into a room, and for what was logged in it meanwhile.";
  static constexpr std::array<std::string_view, 2> field_docs{
      "The room: letters, digits and _ - . : up to 128 bytes.",
      "Where the tab stands in the room, in the epoch of its hello: what was logged there since follows room.joined."};

  std::string room;
  Omittable<Seq> after;
};
BOOST_DESCRIBE_STRUCT(RoomJoin, (), (room, after))

struct RoomLeave {
  static constexpr std::string_view type = "room.leave";
  static constexpr std::string_view doc = "Leaves a room.";
  static constexpr std::array<std::string_view, 1> field_docs{"The room."};

  std::string room;
};
BOOST_DESCRIBE_STRUCT(RoomLeave, (), (room))

struct SendRoomSignal {
  static constexpr std::string_view type = "room.signal";
  static constexpr std::string_view doc =
      "Signals to a room that the tab is in; the payload is any JSON of at most 1 KiB.";
  static constexpr std::array<std::string_view, 3> field_docs{
      "A room that the tab is in.", "The app's word for what is signalled.", "Any JSON, at most 1 KiB."};

  std::string room;
  std::string kind;
  RawJson payload;
};
BOOST_DESCRIBE_STRUCT(SendRoomSignal, (), (room, kind, payload))

using ClientEvent = std::variant<Ping, PresenceAway, PresenceBack, PresenceWatch, RoomJoin, RoomLeave, SendRoomSignal>;

/// A ClientEvent as it arrived, with the "ref" that its reply or error will carry.
struct ClientFrame {
  std::optional<std::string> ref;
  ClientEvent event;
};

/// A ClientEvent that was refused; `ref` is set where it could be read.
struct ClientFrameError {
  std::optional<std::string> ref;
  kernel::Error error;
};

struct ClientEventLimits {
  static constexpr std::size_t ref_bytes = 64;
  static constexpr std::size_t room_bytes = 128;
  static constexpr std::size_t kind_bytes = 64;
  static constexpr std::size_t payload_bytes = 1024;
  static constexpr std::size_t watched_members = 200;
  static constexpr std::size_t json_depth = 16;
};

/// Reads one text frame. Unknown fields are ignored; unknown types, duplicate keys, wrong types and anything beyond the
/// limits are errors that name the field. Codes: "frame.not_json", "frame.not_an_object", "frame.unknown_type",
/// "validation".
[[nodiscard]] std::expected<ClientFrame, ClientFrameError> parse_client_frame(std::string_view text);

}  // namespace orbit::catalog
