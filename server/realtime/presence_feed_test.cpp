#include "realtime/presence_feed.hpp"

#include <gtest/gtest.h>

#include "catalog/json.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "realtime/recording_shard.hpp"

namespace orbit::realtime {
namespace {

using kernel::MemberId;
using std::chrono::milliseconds;
using Told = std::vector<std::string>;

// Members have numbers, and one tab of the same number each.
class PresenceFeedTest : public testing::Test {
 protected:
  // In the order of their ids, so that a run is in it, too.
  PresenceFeedTest() {
    while (members.size() < 10) members.push_back(MemberId::create(clock)), clock.advance(milliseconds{1});
  }

  MemberId member(std::uint32_t number) const { return members.at(number); }

  SocketHandle socket(std::uint32_t number) { return {number, {acme, member(number), {}, {}}, &shard, {number, 1}}; }

  /// As the gateway does it: what `hello` says of presence comes first.
  void open(std::uint32_t number) {
    tracker.connect(acme, member(number), number);
    hub.register_socket(socket(number));
    const auto [roster_json, count] = feed.join(socket(number));
    hello = roster_json;
    if (count) socket(number).send(count);
  }

  void close(std::uint32_t number) {
    hub.unregister_socket(number);
    feed.leave(socket(number));
    tracker.disconnect(acme, member(number), number);
  }

  void away(std::uint32_t number, bool is_away) { tracker.set_away(acme, member(number), number, is_away); }

  /// What the tab was told since the last call: "2 online", or of a run "2 online, 3 offline"; "count 4".
  Told told(std::uint32_t number) {
    Told lines;
    for (const std::string& text : shard.take(number)) lines.push_back(text.starts_with("{") ? line(text) : text);
    return lines;
  }

  std::string line(std::string_view run) {
    std::string words;
    while (!run.empty()) {
      const auto end = run.find('}') + 1;
      words += (words.empty() ? "" : ", ") + word(run.substr(0, end));
      run.remove_prefix(end);
    }
    return words;
  }

  std::string word(std::string_view frame) {
    const auto value = [&](std::string_view key) {
      const auto begin = frame.find(key) + key.size();
      return std::string(frame.substr(begin, frame.find_first_of("\",}", begin) - begin));
    };
    if (frame.contains("presence.count")) return "count " + value(R"("online":)");
    const auto id = MemberId::parse(value(R"("memberId":")"));
    const auto number = std::ranges::find(members, id.value()) - members.begin();
    return std::to_string(number) + " " + value(R"("status":")");
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::MetricsRegistry metrics;
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  std::vector<MemberId> members;
  std::string hello;
  RecordingShard shard;
  PlainEncoder encoder;
  InProcessRealtimeHub hub{metrics};
  PresenceTracker tracker{scheduler, clock, milliseconds{0}, feed, metrics};
  PresenceFeed feed{{scheduler, hub, encoder, tracker}, {.tick = milliseconds{250}, .roster_limit = 3}, metrics};
};

TEST_F(PresenceFeedTest, ATransitionThatIsAloneIsToldAtOnce) {
  open(1);
  open(2);
  EXPECT_EQ(told(1), Told{"2 online"});
  scheduler.advance(milliseconds{250});
  close(2);
  EXPECT_EQ(told(1), Told{"2 offline"});
}

TEST_F(PresenceFeedTest, ThoseThatFollowItWithinATickAreToldTogether) {
  open(1);
  open(2);
  told(1);
  away(1, true);
  open(3);
  EXPECT_EQ(told(1), Told{});
  scheduler.advance(milliseconds{249});
  EXPECT_EQ(told(1), Told{});
  scheduler.advance(milliseconds{1});
  EXPECT_EQ(told(1), Told{"1 away, 3 online"});
  EXPECT_EQ(told(2), Told{"1 away, 3 online"});
  away(1, false);
  EXPECT_EQ(told(2), Told{}) << "another tick runs behind the one that told something";
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(2), Told{"1 online"});
}

TEST_F(PresenceFeedTest, OfAMemberWhoMovesOnWithinATickOnlyTheNewestStateIsTold) {
  open(1);
  open(2);
  told(1);
  away(2, true);
  away(2, false);
  close(2);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{"2 offline"});
}

TEST_F(PresenceFeedTest, OfWhoIsForgottenBeforeTheTickNothingIsTold) {
  open(1);
  open(2);
  told(1);
  away(2, true);
  tracker.forget(acme, member(2));
  scheduler.advance(milliseconds{1000});
  EXPECT_EQ(told(1), Told{});
}

TEST_F(PresenceFeedTest, WithoutATickEachTransitionIsToldAtOnce) {
  PresenceFeed naive({scheduler, hub, encoder, tracker}, {.tick = milliseconds{0}}, metrics);
  hub.register_socket(socket(1));
  EXPECT_EQ(naive.join(socket(1)).count, nullptr);
  naive.changed(acme, {member(2), true, catalog::PresenceStatus::online, {}});
  naive.changed(acme, {member(2), true, catalog::PresenceStatus::away, {}});
  EXPECT_EQ(told(1), (Told{"2 online", "2 away"}));
  EXPECT_EQ(scheduler.pending_timers(), 0U);
}

TEST_F(PresenceFeedTest, AQuietOrDesertedWorkspaceLeavesNoTimer) {
  open(1);
  open(2);
  EXPECT_EQ(scheduler.pending_timers(), 1U);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(scheduler.pending_timers(), 0U);
  close(1);
  close(2);
  EXPECT_EQ(scheduler.pending_timers(), 0U);
  EXPECT_EQ(hub.channel_count(), 0U);
}

TEST_F(PresenceFeedTest, TheRosterOfANewTabFollowsEveryChange) {
  const auto is_fresh = [&] { return hello == catalog::to_json(tracker.roster(acme)); };
  open(1);
  EXPECT_TRUE(is_fresh()) << hello;
  open(2);
  EXPECT_TRUE(is_fresh()) << hello;
  clock.advance(milliseconds{5});
  away(1, true);
  open(3);
  EXPECT_TRUE(is_fresh()) << hello;
  tracker.forget(acme, member(2));
  close(3);
  open(3);
  EXPECT_TRUE(is_fresh()) << hello;
}

TEST_F(PresenceFeedTest, WhereMoreAreKnownThanTheLimitTheRosterNamesOnlyThoseWhoAreHere) {
  open(1);
  for (const std::uint32_t number : {2, 3}) open(number), close(number);
  EXPECT_EQ(feed.roster(acme).size(), 3U);
  open(4);
  EXPECT_EQ(feed.roster(acme).size(), 2U);
}

class LargeWorkspaceTest : public PresenceFeedTest {
 protected:
  // One to four are online: one more than the limit, each told so.
  LargeWorkspaceTest() {
    for (const std::uint32_t number : {1, 2, 3, 4}) open(number);
    scheduler.advance(milliseconds{1000});
    for (const std::uint32_t number : {1, 2, 3, 4}) first_told.push_back(told(number));
  }

  std::vector<Told> first_told;
};

TEST_F(LargeWorkspaceTest, ANewTabIsToldTheNumberInPlaceOfTheRoster) {
  EXPECT_EQ(hello, "[]");
  EXPECT_EQ(first_told[3].front(), "count 4");
  EXPECT_TRUE(feed.roster(acme).empty());
}

TEST_F(LargeWorkspaceTest, TabsThatHadTheRosterAreToldTheNumberFromTheNextTickOn) {
  EXPECT_EQ(first_told[0], (Told{"2 online", "count 4"}));
  open(5);
  for (const std::uint32_t number : {1, 2, 3, 4}) EXPECT_EQ(told(number), Told{"count 5"}) << number;
}

TEST_F(LargeWorkspaceTest, TheNumberIsToldOnTheTickAndOnlyWhereItChanged) {
  open(5);
  told(1);
  away(2, true);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{});
  open(6);
  open(7);
  EXPECT_EQ(told(1), Told{});
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{"count 7"});
}

TEST_F(LargeWorkspaceTest, ATabThatWasToldAPassingNumberIsPutRight) {
  open(5);
  open(6);
  EXPECT_EQ(told(6), Told{"count 6"});
  close(5);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(6), Told{"count 5"});
}

TEST_F(LargeWorkspaceTest, AMembershipThatEndsChangesTheNumber) {
  tracker.forget(acme, member(2));
  EXPECT_EQ(told(1), Told{"count 3"});
}

TEST_F(LargeWorkspaceTest, ATabIsToldOfTheMembersThatItWatchesAndOfNoOther) {
  feed.watch(socket(1), {member(2), member(3), member(2)});
  EXPECT_EQ(told(1), Told{"2 online, 3 online"});
  away(2, true);
  away(4, true);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{"2 away"});
  EXPECT_EQ(told(2), Told{});
}

TEST_F(LargeWorkspaceTest, WatchingOthersReplacesThoseWatchedBefore) {
  feed.watch(socket(1), {member(2), member(3)});
  feed.watch(socket(1), {member(3), member(4)});
  told(1);
  away(2, true);
  away(3, true);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{"3 away"});
  feed.watch(socket(1), {});
  away(3, false);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{});
}

TEST_F(LargeWorkspaceTest, WhoIsNoMemberHereIsOfflineAndNeverMoves) {
  const auto globex = kernel::WorkspaceId::create(clock);
  feed.watch(socket(1), {member(9)});
  EXPECT_EQ(told(1), Told{"9 offline"});
  tracker.connect(globex, member(9), 9);
  feed.watch(socket(1), {member(9)});
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{"9 offline"});
}

TEST_F(LargeWorkspaceTest, WatchingEndsWithTheTab) {
  feed.watch(socket(1), {member(2)});
  const auto channels = hub.channel_count();
  close(1);
  EXPECT_EQ(hub.channel_count(), channels - 1);
  open(1);
  scheduler.advance(milliseconds{1000});
  told(1);
  away(2, true);
  EXPECT_EQ(told(1), Told{});
}

TEST_F(LargeWorkspaceTest, ATabKeepsToTheNumberWhenTheWorkspaceShrinksAndANewOneGetsTheRoster) {
  close(4);
  EXPECT_EQ(told(1), Told{"count 3"});
  close(3);
  open(5);
  EXPECT_EQ(hello, catalog::to_json(feed.roster(acme)));
  EXPECT_EQ(told(5), Told{});
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{}) << "three again";
  EXPECT_EQ(told(5), Told{"3 offline, 5 online"});
  away(1, true);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(5), Told{"1 away"});
  EXPECT_EQ(told(1), Told{});
}

TEST_F(LargeWorkspaceTest, ATabThatMissedSomethingIsToldTheNumberAndThoseItWatches) {
  feed.watch(socket(1), {member(3), member(2)});
  told(1);
  feed.tell_again(socket(1));
  EXPECT_EQ(told(1), (Told{"count 4", "2 online, 3 online"}));
  feed.tell_all_again();
  EXPECT_EQ(told(1).size(), 3U);
  EXPECT_EQ(told(2), Told{"count 4"});
}

TEST_F(PresenceFeedTest, ATabThatMissedSomethingIsToldOfEveryoneKnown) {
  open(1);
  open(2);
  open(3);
  close(3);
  scheduler.advance(milliseconds{250});
  told(1);
  feed.tell_again(socket(1));
  EXPECT_EQ(told(1), Told{"1 online, 2 online, 3 offline"});
  feed.tell_all_again();
  EXPECT_EQ(told(2).back(), "1 online, 2 online, 3 offline");
}

TEST_F(PresenceFeedTest, WhereThatIsMoreThanTheLimitItIsToldTheNumberInstead) {
  open(1);
  open(2);
  for (const std::uint32_t number : {3, 4}) open(number), close(number);
  scheduler.advance(milliseconds{500});
  told(1), told(2);
  feed.tell_again(socket(1));
  EXPECT_EQ(told(1), Told{"count 2"});
  feed.tell_all_again();
  EXPECT_EQ(told(2), Told{"count 2"});
}

TEST_F(PresenceFeedTest, WatchingBesideTheRosterTellsNothingTwiceAndGoesOnWhenTheNumberTakesItsPlace) {
  open(1);
  open(2);
  told(1);
  feed.watch(socket(1), {member(2)});
  EXPECT_EQ(told(1), Told{"2 online"});
  away(2, true);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), Told{"2 away"});
  open(3);
  open(4);
  away(2, false);
  scheduler.advance(milliseconds{250});
  EXPECT_EQ(told(1), (Told{"2 online", "count 4"}));
}

TEST_F(LargeWorkspaceTest, WhoWasPutOutIsToldNothingMore) {
  feed.watch(socket(1), {member(2)});
  told(1);
  hub.close_member(member(1), CloseCode::membership_ended, "");
  tracker.forget(acme, member(1));
  away(2, true);
  scheduler.advance(milliseconds{250});
  feed.tell_all_again();
  EXPECT_EQ(told(1), Told{"close 4403"});
}

}  // namespace
}  // namespace orbit::realtime
