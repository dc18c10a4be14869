#include "cluster/event_message.hpp"

#include <gtest/gtest.h>

#include "kernel/clock.hpp"

namespace orbit::cluster {
namespace {

using realtime::ProjectedEvent;
using realtime::Projection;

const kernel::ManualClock clock_at_rest;
const kernel::DomainEvent renamed{"workspaces.team.updated",
                                  kernel::WorkspaceId::create(clock_at_rest),
                                  {{"team_id", "team_1"}, {"member_id", "mbr_2"}},
                                  clock_at_rest.now(),
                                  42};

std::optional<EventMessage> carried(const std::optional<Projection>& projection) {
  return event_message_from(R"({"v":1,"kind":"event",)" + to_fields(renamed, projection) + "}");
}

TEST(EventMessage, CarriesTheEventWithItsIdsInOrder) {
  const auto message = carried(Projection{});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->event.type, renamed.type);
  EXPECT_EQ(message->event.workspace_id, renamed.workspace_id);
  EXPECT_EQ(message->event.ids, renamed.ids);
  EXPECT_EQ(message->event.occurred_at, renamed.occurred_at);
  EXPECT_EQ(message->event.seq, 42U);
}

TEST(EventMessage, CarriesWhatTabsAreToldByteForByte) {
  const std::string told = R"({"type":"team.updated","seq":42, "name":"\"told\":}{ ,\"told\":null \u00e9 )"
                           "\xc3\xa9"
                           R"("})";
  for (const ProjectedEvent& event : {ProjectedEvent{told}, ProjectedEvent{told, catalog::Audience::inviters},
                                      ProjectedEvent{told, catalog::Audience::room, "team_1 \"\\"}}) {
    const auto message = carried(event);
    ASSERT_TRUE(message && message->projection && *message->projection);
    EXPECT_EQ((*message->projection)->json, told);
    EXPECT_EQ((*message->projection)->audience, event.audience);
    EXPECT_EQ((*message->projection)->room, event.room);
  }
}

TEST(EventMessage, TellsNothingToTellFromNotSaid) {
  const auto nothing = carried(Projection{});
  ASSERT_TRUE(nothing && nothing->projection);
  EXPECT_FALSE(*nothing->projection);
  const auto unsaid = carried(std::nullopt);
  ASSERT_TRUE(unsaid);
  EXPECT_FALSE(unsaid->projection);
}

TEST(EventMessage, RefusesWhatIsMalformedWhereverItIsCut) {
  const std::string whole = R"({"v":1,)" + to_fields(renamed, ProjectedEvent{R"({"type":"team.updated"})"}) + "}";
  ASSERT_TRUE(event_message_from(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(event_message_from(whole.substr(0, size))) << whole.substr(0, size);
  }
  EXPECT_FALSE(event_message_from(whole + "}"));
  EXPECT_FALSE(event_message_from(R"({"told_bytes":4,"told":null})"));
}

}  // namespace
}  // namespace orbit::cluster
