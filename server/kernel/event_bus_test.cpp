#include "kernel/event_bus.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace orbit::kernel {
namespace {

struct TeamRenamed {
  static constexpr std::string_view type = "test.team.renamed";
  TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamRenamed, (), (team_id))

struct TeamArchived {
  static constexpr std::string_view type = "test.team.archived";
  TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamArchived, (), (team_id))

class EventBusTest : public testing::Test {
 protected:
  ManualClock clock;
  int failures = 0;
  EventBus bus{[this](const DomainEvent&, std::exception_ptr) { ++failures; }};
  TeamId team = TeamId::create(clock);
  DomainEvent event = to_domain_event(TeamRenamed{team}, WorkspaceId::create(clock), clock.now());
};

TEST_F(EventBusTest, HandsATypedEventToItsSubscribers) {
  std::vector<TeamId> seen;
  bus.subscribe<TeamRenamed>([&](const TeamRenamed& renamed, const DomainEvent&) { seen.push_back(renamed.team_id); });
  bus.subscribe("test.other", [&](const DomainEvent&) { FAIL(); });
  bus.publish(event);
  EXPECT_EQ(seen, std::vector{team});
}

TEST_F(EventBusTest, HandsEachEventOfAListToOneHandler) {
  std::vector<std::string_view> seen;
  bus.subscribe_each<EventList<TeamRenamed, TeamArchived>>(
      [&](const auto& typed, const DomainEvent&) { seen.push_back(typed.type); });
  bus.publish(event);
  bus.publish(to_domain_event(TeamArchived{team}, event.workspace_id, clock.now()));
  EXPECT_EQ(seen, (std::vector{TeamRenamed::type, TeamArchived::type}));
}

TEST_F(EventBusTest, AHandlerThatThrowsStopsNeitherTheOthersNorThePublisher) {
  int reached = 0;
  bus.subscribe<TeamRenamed>([](const TeamRenamed&, const DomainEvent&) { throw std::runtime_error("broken"); });
  bus.subscribe<TeamRenamed>([&](const TeamRenamed&, const DomainEvent&) { ++reached; });
  bus.publish(event);
  EXPECT_EQ(reached, 1);
  EXPECT_EQ(failures, 1);
}

TEST_F(EventBusTest, ReportsAnEventWhoseIdsCannotBeRead) {
  bus.subscribe<TeamRenamed>([](const TeamRenamed&, const DomainEvent&) { FAIL(); });
  event.ids = {{"team_id", "mbr_not-a-team"}};
  bus.publish(event);
  EXPECT_EQ(failures, 1);
}

TEST_F(EventBusTest, ADomainEventReadsBackAsItsType) {
  const auto typed = from_domain_event<TeamRenamed>(event);
  ASSERT_TRUE(typed);
  EXPECT_EQ(typed->team_id, team);
}

}  // namespace
}  // namespace orbit::kernel
