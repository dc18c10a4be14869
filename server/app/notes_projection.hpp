// For tests: a feature with durable events of its own in the rooms of teams: notes, with what they say kept in memory.
// Belongs to the test's thread.
#pragma once

#include <map>

#include "realtime/room_projection.hpp"

namespace orbit::app {

namespace id_tags {
struct Note {
  static constexpr std::string_view prefix = "note_";
};
}  // namespace id_tags
using NoteId = kernel::Id<id_tags::Note>;

struct NotePosted {
  static constexpr std::string_view type = "notes.note.posted";
  kernel::TeamId team_id;
  NoteId note_id;
};
BOOST_DESCRIBE_STRUCT(NotePosted, (), (team_id, note_id))

struct NoteEdited {
  static constexpr std::string_view type = "notes.note.edited";
  kernel::TeamId team_id;
  NoteId note_id;
};
BOOST_DESCRIBE_STRUCT(NoteEdited, (), (team_id, note_id))

class NotesProjection final : public realtime::RoomProjection {
 public:
  using Events = kernel::EventList<NotePosted, NoteEdited>;

  std::map<NoteId, std::string> texts;  // of a note that is gone, none

  [[nodiscard]] std::vector<std::string_view> types() const override { return kernel::types_of<Events>(); }

  [[nodiscard]] kernel::Result<std::optional<realtime::RoomEvent>> project(
      const kernel::ReadContext&, const kernel::DomainEvent& event) const override {
    std::optional<realtime::RoomEvent> told;
    const bool is_read = kernel::visit_event<Events>(event, [&](const auto& typed) {
      const auto text = texts.find(typed.note_id);
      if (text == texts.end()) return;
      told = {typed.team_id.str(), R"({"type":")" + std::string(typed.type.substr(6)) + R"(","seq":)" +
                                       std::to_string(event.seq) + R"(,"text":")" + text->second + R"("})"};
    });
    if (!is_read) return kernel::failure(kernel::ErrorKind::internal, "notes.unreadable", "No event of a note.");
    return told;
  }
};

}  // namespace orbit::app
