// What a tab gets of a room's durable events when it joins with a cursor.
#include "app/realtime_harness.hpp"

namespace orbit::app {
namespace {

using kernel::Seq;

class RoomHistoryTest : public RealtimeHarness {
 protected:
  RoomHistoryTest() {
    grace_member = join(grace, "grace@acme.test");
    team = make_team("Engines");
    other_team = make_team("Design");
  }
  kernel::TeamId make_team(const std::string& name) {
    const auto id = domain->teams.create(ada, "acme", name)->id;
    for (const auto member : {ada_member, grace_member}) {
      EXPECT_EQ(code(domain->teams.add_member(ada, "acme", id, member)), "");
    }
    return id;
  }

  template <class Event>
  void commit(const Event& event) {
    const auto done = domain->unit_of_work.run([&](kernel::WriteContext& context) -> kernel::Result<> {
      context.lock(acme);
      context.emit(kernel::to_domain_event(event, acme, clock.now()));
      return {};
    });
    ASSERT_TRUE(done.has_value());
  }
  NoteId post(kernel::TeamId to, const std::string& text) {
    const auto id = NoteId::create(clock);
    notes.texts[id] = text;
    commit(NotePosted{to, id});
    return id;
  }
  void edit(NoteId id, const std::string& text) {
    notes.texts[id] = text;
    commit(NoteEdited{team, id});
  }

  Seq head() {
    scheduler.run_posted();
    return read([&](const auto& context) { return database->event_log().head(context, acme); });
  }
  void enter(const SocketHandle& socket, kernel::TeamId room, std::optional<Seq> after = {}) {
    gateway.received(socket, R"({"type":"room.join","ref":"r","room":")" + room.str() + "\"" +
                                 (after ? ",\"after\":" + std::to_string(*after) : "") + "}");
  }

  /// Types, with what a note says, why to resync, and the code of an error.
  Types told(const SocketHandle& socket) {
    scheduler.run_posted();
    Types out;
    for (const std::string& text : shard.take(socket.slot.index)) {
      for (const auto& frame : frames_in(text)) {
        std::string line(frame.at("type").as_string());
        for (const char* field : {"text", "reason", "code"}) {
          if (const auto* value = frame.as_object().if_contains(field)) line += " " + std::string(value->as_string());
        }
        out.push_back(line);
      }
    }
    return out;
  }
  std::int64_t metric(std::string_view name, const kernel::MetricLabels& labels = {}) const {
    std::int64_t value = -1;
    metrics.visit([&](const auto& entry) {
      if (entry.name == name && entry.labels == labels) value = entry.metric.value();
    });
    return value;
  }
  std::int64_t log_reads() const { return metric("orbit_history_log_reads_total"); }

  kernel::MemberId grace_member;
  kernel::TeamId team, other_team;
};

TEST_F(RoomHistoryTest, WhoIsInTheRoomHearsOfItsEventsAndNobodyElse) {
  const auto adas = open(ada), graces = open(grace);
  enter(adas, team), enter(graces, other_team);
  told(adas), told(graces);
  post(team, "one");
  EXPECT_EQ(told(adas), Types{"note.posted one"});
  EXPECT_EQ(told(graces), Types{});
}

TEST_F(RoomHistoryTest, WhatTheRoomMissedFollowsItsJoiningThenTheStreamGoesOn) {
  const auto adas = open(ada);
  const Seq cursor = head();
  post(team, "one");
  post(other_team, "elsewhere");
  ASSERT_EQ(code(domain->workspaces.rename(ada, "acme", "Rockets")), "");
  post(team, "two");
  told(adas);
  enter(adas, team, cursor);
  post(team, "three");
  EXPECT_EQ(told(adas), (Types{"room.joined", "note.posted one", "note.posted two", "reply", "note.posted three"}));
  EXPECT_EQ(log_reads(), 0);
  EXPECT_EQ(metric("orbit_rooms_resume_total", {{"outcome", "resumed"}}), 1);
}

TEST_F(RoomHistoryTest, OnlyWhatCameAfterTheCursorIsReplayed) {
  const auto adas = open(ada);
  post(team, "one");
  const Seq cursor = head();
  told(adas);
  enter(adas, team, cursor);
  EXPECT_EQ(told(adas), (Types{"room.joined", "reply"}));
  post(team, "two");
  told(adas);
  enter(adas, team, cursor);
  EXPECT_EQ(told(adas), (Types{"room.joined", "note.posted two", "reply"})) << "who is in may ask again";
}

TEST_F(RoomHistoryTest, WhatARoomMissedIsNotForTheConnectionThatComesBack) {
  const realtime::StreamCursor cursor{epoch(), head()};
  post(team, "one");
  ASSERT_EQ(code(domain->workspaces.rename(ada, "acme", "Rockets")), "");
  scheduler.run_posted();
  const auto back = open(ada, cursor);
  enter(back, team, cursor.seq);
  EXPECT_EQ(told(back), (Types{"hello", "workspace.updated", "room.joined", "note.posted one", "reply"}));
}

TEST_F(RoomHistoryTest, WhatIsNoLongerInMemoryComesFromTheLogAsItIsNow) {
  const Seq cursor = head();
  const auto first = post(team, "first");
  for (const char* text : {"a", "b", "c", "d"}) edit(first, text);
  post(team, "second");
  const auto gone = post(team, "gone");
  notes.texts.erase(gone);
  post(other_team, "elsewhere");
  head();
  const auto adas = open(ada);
  told(adas);
  enter(adas, team, cursor);
  EXPECT_EQ(told(adas), (Types{"room.joined", "note.posted d", "note.edited d", "note.posted second", "reply"}));
  EXPECT_EQ(log_reads(), 1);
  const auto graces = open(grace);
  told(graces);
  enter(graces, team, cursor), enter(graces, other_team, cursor);
  EXPECT_EQ(told(graces), (Types{"room.joined", "note.posted d", "note.edited d", "note.posted second", "reply",
                                 "room.joined", "note.posted elsewhere", "reply"}));
  EXPECT_EQ(log_reads(), 1) << "read once for all";
}

TEST_F(RoomHistoryTest, ACursorThatTheRelayHasNotComeToIsMetFirst) {
  const auto adas = open(ada);
  head();
  database->set_commit_listener(nullptr);  // the relay hears of nothing
  post(team, "one");
  post(team, "two");
  const Seq cursor = read([&](const auto& context) { return database->event_log().head(context, acme); }) - 1;
  told(adas);
  enter(adas, team, cursor);
  EXPECT_EQ(told(adas), (Types{"room.joined", "note.posted two", "reply"})) << "once, and not live as well";
  database->set_commit_listener(&relay);
}

TEST_F(RoomHistoryTest, ACursorThatCannotBeServedIsToldWhy) {
  const auto adas = open(ada);
  told(adas);
  enter(adas, team, head() + 1);
  EXPECT_EQ(told(adas), (Types{"room.joined", "resync cursor_ahead", "reply"}));

  const Seq cursor = head();
  for (Seq i = 0; i < history_options().max_replayed_events; ++i) post(team, "more");
  told(adas);
  enter(adas, team, cursor - 1);
  EXPECT_EQ(told(adas), (Types{"room.joined", "resync too_far_behind", "reply"}));
  EXPECT_EQ(metric("orbit_rooms_resume_total", {{"outcome", "too_far_behind"}}), 1);
  post(team, "live");
  EXPECT_EQ(told(adas), Types{"note.posted live"});
}

TEST_F(RoomHistoryTest, ALogThatDoesNotReachBackIsToldToo) {
  const Seq cursor = head();
  for (int i = 0; i < 3; ++i) post(team, "more");
  head();
  const auto trimmed = domain->unit_of_work.run([&](kernel::WriteContext& context) -> kernel::Result<> {
    EXPECT_EQ(database->log_trimming().trim(context, acme, cursor + 1), cursor + 1);
    return {};
  });
  ASSERT_TRUE(trimmed.has_value());
  const auto adas = open(ada);
  told(adas);
  enter(adas, team, cursor);
  EXPECT_EQ(told(adas), (Types{"room.joined", "resync log_trimmed", "reply"}));
  enter(adas, team, cursor + 1);
  EXPECT_EQ(told(adas), (Types{"room.joined", "note.posted more", "note.posted more", "reply"}));
}

TEST_F(RoomHistoryTest, WhoMayNotComeInHearsNothingOfWhatWasSaid) {
  ASSERT_EQ(code(domain->teams.remove_member(ada, "acme", team, grace_member)), "");
  const Seq cursor = head();
  post(team, "secret");
  const auto graces = open(grace);
  told(graces);
  enter(graces, team, cursor);
  EXPECT_EQ(told(graces), Types{"error room.forbidden"});
}

TEST_F(RoomHistoryTest, AnEventThatCannotBeReadIsNotPassedOver) {
  const Seq cursor = head();
  commit(NotePosted{team, NoteId::create(clock)});
  const auto broken = domain->unit_of_work.run([&](kernel::WriteContext& context) -> kernel::Result<> {
    context.lock(acme);
    context.emit(kernel::DomainEvent{std::string(NotePosted::type), acme, {{"team_id", team.str()}}, clock.now()});
    return {};
  });
  ASSERT_TRUE(broken.has_value());
  bus_may_fail = true;
  const auto adas = open(ada);
  told(adas);
  enter(adas, team, cursor);
  EXPECT_EQ(told(adas), (Types{"room.joined", "resync event_lost", "reply"}));
}

}  // namespace
}  // namespace orbit::app
