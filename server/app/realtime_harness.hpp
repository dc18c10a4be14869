// For this room's tests: the realtime room over the real services and a real database, with sockets that note what
// they get. Everything happens in the test's thread, within scheduler.run_posted().
#pragma once

#include <boost/json.hpp>

#include "app/domain_fixture.hpp"
#include "app/notes_projection.hpp"
#include "catalog/json.hpp"
#include "cluster/cluster_event_relay.hpp"
#include "realtime/channel.hpp"
#include "realtime/event_relay.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "realtime/realtime_event_publisher.hpp"
#include "realtime/realtime_gateway.hpp"
#include "realtime/recording_shard.hpp"

namespace orbit::app {

using realtime::SocketHandle;
using Types = std::vector<std::string>;

class RealtimeHarness : public DomainTest {
 protected:
  RealtimeHarness() {
    EXPECT_TRUE(relay.start().has_value());
    database->set_commit_listener(&relay);
  }
  ~RealtimeHarness() override { database->set_commit_listener(nullptr); }

  SocketHandle socket_of(kernel::UserId person) {
    const auto session = *domain->sessions.sign_in({email_of(person), "a-password", "", "test"});
    sessions.push_back(session.session.id);
    const auto identity = *admission.admit(session.token, "acme");
    const auto number = next_socket++;
    return {number, identity, &shard, {number, 1}};
  }
  SocketHandle open(kernel::UserId person, const std::optional<realtime::StreamCursor>& cursor = {}) {
    const SocketHandle socket = socket_of(person);
    gateway.opened(socket, cursor);
    scheduler.run_posted();
    return socket;
  }
  /// Of acme's stream.
  std::string epoch() const { return kernel::stream_epoch("epoch", acme); }

  std::string email_of(kernel::UserId person) {
    return read([&](const auto& context) { return domain->repositories.users.find(context, person)->email; });
  }

  /// Small, so that a test comes to its ends.
  static realtime::HistoryOptions history_options() {
    return {.ring = {.frames = 4, .bytes = 4'096}, .max_replayed_events = 20, .max_replayed_bytes = 16'384};
  }

  /// The types of what the socket got since the last call; a close is "close CODE".
  Types take(const SocketHandle& socket) {
    scheduler.run_posted();
    Types types;
    for (const std::string& text : shard.take(socket.slot.index)) {
      if (!text.starts_with('{')) types.push_back(text);
      for (const auto& frame : frames_in(text)) types.emplace_back(frame.at("type").as_string());
    }
    return types;
  }

  /// What is replayed is one run of frames.
  static std::vector<boost::json::value> frames_in(std::string_view text) {
    std::vector<boost::json::value> frames;
    while (text.starts_with('{')) {
      boost::json::stream_parser parser;
      text.remove_prefix(parser.write_some(text));
      frames.push_back(parser.release());
    }
    return frames;
  }

  // The one that a node would have over such a database.
  std::unique_ptr<realtime::Relay> make_relay() {
    const auto here = [](kernel::Scheduler::Task task) { task(); };
    if (!database->is_shared()) {
      return std::make_unique<realtime::EventRelay>(domain->unit_of_work, database->event_log(), bus, scheduler, here,
                                                    clock, metrics);
    }
    return std::make_unique<cluster::ClusterEventRelay>(
        cluster::ClusterEventRelay::Parts{domain->unit_of_work, database->event_log(), bus, scheduler, projector,
                                          received, no_exchange, here, [](kernel::WorkspaceId, kernel::Seq) {}, clock},
        cluster::ClusterRelayOptions{}, metrics);
  }

  kernel::ManualScheduler scheduler{clock};
  realtime::PlainEncoder encoder;
  realtime::RecordingShard shard;
  realtime::InProcessRealtimeHub hub{metrics};
  bool bus_may_fail = false;
  kernel::EventBus bus{
      [this](const kernel::DomainEvent& event, std::exception_ptr) { EXPECT_TRUE(bus_may_fail) << event.type; }};
  realtime::PresenceTracker presence{scheduler, clock, std::chrono::milliseconds{0}, presence_feed, metrics};
  realtime::PresenceFeed presence_feed{
      {scheduler, hub, encoder, presence}, {.tick = std::chrono::milliseconds{0}, .roster_limit = 2}, metrics};
  NotesProjection notes;
  const realtime::RoomProjections room_projections{&notes};
  realtime::StreamHistory history{{domain->unit_of_work,
                                   database->event_log(),
                                   {domain->repositories, database->subscriptions()},
                                   encoder,
                                   room_projections},
                                  "epoch",
                                  scheduler,
                                  history_options(),
                                  metrics};
  realtime::CommittedStateProjector projector{
      domain->unit_of_work, {domain->repositories, database->subscriptions()}, room_projections, clock, metrics};
  cluster::ReceivedProjections received{projector};
  cluster::NoEventExchange no_exchange;
  const std::unique_ptr<realtime::Relay> relay_of_database = make_relay();
  realtime::Relay& relay = *relay_of_database;
  realtime::RealtimeEventPublisher publisher{
      {bus, domain->unit_of_work, domain->repositories, received, room_projections, hub, history, presence, encoder},
      "epoch"};
  realtime::TeamRooms team_rooms{domain->repositories.teams};
  realtime::Lobby lobby;
  realtime::RoomAuthorizers authorizers{{{realtime::TeamRooms::prefix, &team_rooms}, {realtime::Lobby::name, &lobby}}};
  realtime::Rooms rooms{
      {bus, domain->unit_of_work, hub, scheduler, encoder, authorizers}, {.rooms_per_socket = 3, .few = 2}, metrics};
  realtime::SocketAdmission admission{domain->unit_of_work, domain->session_resolver, domain->repositories};
  realtime::RealtimeGateway gateway{
      {scheduler, clock, hub, presence, presence_feed, relay, history, rooms, admission, encoder},
      "epoch",
      {.sockets_per_member = 2},
      metrics};
  std::vector<kernel::SessionId> sessions;
  std::uint32_t next_socket = 1;
};

}  // namespace orbit::app
