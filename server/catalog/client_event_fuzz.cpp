// Any text that a tab may send: what is taken keeps to the published limits, and what is refused says why in words that
// can go back to the tab.
#include <boost/json.hpp>

#include "catalog/client_event.hpp"
#include "catalog/strict_json.hpp"
#include "kernel/testing/fuzzing.hpp"
#include "kernel/utf8_validator.hpp"

namespace orbit::catalog {
namespace {

using kernel::require;
using Limits = ClientEventLimits;

void check_name(std::string_view name, std::size_t max_bytes) {
  require(!name.empty() && name.size() <= max_bytes);
  for (const char c : name) require(c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '/');
}

void check(const Ping&) {}
void check(const PresenceAway&) {}
void check(const PresenceBack&) {}
void check(const PresenceWatch& event) { require(event.member_ids.size() <= Limits::watched_members); }
void check(const RoomJoin& event) {
  check_name(event.room, Limits::room_bytes);
  require(!event.after || *event.after < std::uint64_t{1} << 53);
}
void check(const RoomLeave& event) { check_name(event.room, Limits::room_bytes); }
void check(const SendRoomSignal& event) {
  check_name(event.room, Limits::room_bytes);
  check_name(event.kind, Limits::kind_bytes);
  require(event.payload.text.size() <= Limits::payload_bytes);
  const auto payload = parse_strict_json(event.payload.text, {.depth = Limits::json_depth});
  require(payload.has_value() && boost::json::serialize(*payload) == event.payload.text);
}

void check_ref(const std::optional<std::string>& ref) {
  require(!ref || (!ref->empty() && ref->size() <= Limits::ref_bytes && kernel::is_valid_utf8(*ref)));
}

void try_text(std::string_view text) {
  const auto frame = parse_client_frame(text);
  if (frame) {
    check_ref(frame->ref);
    std::visit([](const auto& event) { check(event); }, frame->event);
  } else {
    check_ref(frame.error().ref);
    const kernel::Error& error = frame.error().error;
    require(error.kind == kernel::ErrorKind::invalid && !error.code.empty() && kernel::is_valid_utf8(error.message));
  }
}

}  // namespace
}  // namespace orbit::catalog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orbit::catalog::try_text(orbit::kernel::fuzz_input(data, size));
  return 0;
}
