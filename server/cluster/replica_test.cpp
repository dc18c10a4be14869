#include "cluster/replica.hpp"

#include <gmock/gmock.h>

namespace orbit::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Outcome = Replica::Outcome;

// An owner, and a copy of what it owns.
class ReplicaTest : public testing::Test {
 protected:
  std::vector<Delta> change(std::initializer_list<std::pair<std::string, std::optional<std::string>>> changes,
                            std::size_t max_bytes = 10'000) {
    for (const auto& [key, value] : changes) owner.change(key, value);
    return owner.take_news(counter, max_bytes);
  }

  OwnState owner;
  std::uint64_t counter = 0;
  Replica replica;
  Changes changed;
};

TEST(Entries, HaveAHashThatDependsOnWhatTheyAreAndNotOnHowTheyCameAbout) {
  Entries one;
  one.apply("a", "1");
  one.apply("b", "2");
  Entries other;
  other.apply("b", "1");
  other.apply("a", "1");
  EXPECT_NE(one.hash(), other.hash());
  other.apply("c", "3");
  other.apply("b", "2");
  other.apply("c", std::nullopt);
  EXPECT_EQ(one.hash(), other.hash());
  other.apply("a", "12");
  one.apply("a1", "2");
  EXPECT_NE(one.hash(), other.hash());
  EXPECT_EQ(Entries().hash(), 0U);
}

TEST_F(ReplicaTest, FollowsItsOwnerDeltaByDelta) {
  EXPECT_EQ(replica.apply(change({{"a", "1"}, {"b", "2"}}).at(0), changed), Outcome::current);
  const Delta delta = change({{"a", std::nullopt}, {"c", "3"}}).at(0);
  changed.clear();
  EXPECT_EQ(replica.apply(delta, changed), Outcome::current);
  EXPECT_THAT(changed, ElementsAre(Pair("a", std::nullopt), Pair("c", "3")));
  EXPECT_EQ(replica.digest(), owner.digest());
  changed.clear();
  EXPECT_EQ(replica.apply(delta, changed), Outcome::old);
  EXPECT_THAT(changed, IsEmpty());
}

TEST_F(ReplicaTest, WhatChangedAndChangedBackIsNoNews) {
  change({{"a", "1"}});
  owner.change("a", "2");
  owner.change("a", "1");
  owner.change("b", "1");
  owner.change("b", std::nullopt);
  EXPECT_FALSE(owner.has_news());
  EXPECT_FALSE(owner.contains("b"));
  EXPECT_TRUE(owner.contains("a"));
}

TEST_F(ReplicaTest, TheFirstDeltaAfterNothingNeedsNoStateBeforeIt) {
  change({{"a", "1"}});
  change({{"a", std::nullopt}});
  EXPECT_EQ(replica.apply(change({{"b", "2"}}).at(0), changed), Outcome::current);
  EXPECT_THAT(replica.entries().all(), ElementsAre(Pair("b", "2")));
  EXPECT_EQ(replica.apply(change({{"c", "3"}}).at(0), changed), Outcome::current);
}

TEST_F(ReplicaTest, WhatFollowsAGapWaitsForTheStateBeforeIt) {
  change({{"a", "1"}});
  const auto state = owner.told();
  const auto digest = owner.digest();
  const Delta second = change({{"b", "2"}}).at(0);
  const Delta third = change({{"c", "3"}}).at(0);
  EXPECT_EQ(replica.apply(second, changed), Outcome::gap);
  EXPECT_EQ(replica.apply(third, changed), Outcome::gap);
  EXPECT_THAT(changed, IsEmpty());
  EXPECT_EQ(replica.add({digest, 0, 1, {{"a", "1"}}}, changed), Outcome::current);
  EXPECT_EQ(replica.digest(), owner.digest());
  EXPECT_THAT(changed, ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3")));
}

TEST_F(ReplicaTest, AStateCountsOnceAllItsPartsAreThereInWhateverOrder) {
  change({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  EXPECT_EQ(replica.add({owner.digest(), 2, 3, {{"c", "3"}}}, changed), Outcome::gap);
  EXPECT_EQ(replica.add({owner.digest(), 2, 3, {{"c", "3"}}}, changed), Outcome::gap) << "twice is not another";
  EXPECT_EQ(replica.add({owner.digest(), 0, 3, {{"a", "1"}}}, changed), Outcome::gap);
  EXPECT_THAT(changed, IsEmpty());
  EXPECT_EQ(replica.add({owner.digest(), 1, 3, {{"b", "2"}}}, changed), Outcome::current);
  EXPECT_EQ(replica.digest(), owner.digest());
}

TEST_F(ReplicaTest, PartsOfDifferentStatesAreNotPutTogether) {
  change({{"a", "1"}, {"b", "2"}});
  const auto before = owner.digest();
  change({{"b", "3"}});
  EXPECT_EQ(replica.add({before, 0, 2, {{"a", "1"}}}, changed), Outcome::gap);
  EXPECT_EQ(replica.add({owner.digest(), 1, 2, {{"b", "3"}}}, changed), Outcome::gap);
  EXPECT_EQ(replica.add({owner.digest(), 0, 2, {{"a", "1"}}}, changed), Outcome::current);
  EXPECT_EQ(replica.add({before, 0, 1, {{"b", "2"}}}, changed), Outcome::old);
  EXPECT_EQ(replica.digest(), owner.digest());
}

TEST_F(ReplicaTest, AHashThatDiffersAsksForTheWholeState) {
  Delta delta = change({{"a", "1"}}).at(0);
  delta.hash += 1;
  EXPECT_EQ(replica.apply(delta, changed), Outcome::gap);
  EXPECT_EQ(replica.compare(owner.digest()), Outcome::current) << "it was only said wrong";
  EXPECT_EQ(replica.compare({counter, owner.digest().hash + 1}), Outcome::gap);
  EXPECT_EQ(replica.compare({counter - 1, 0}), Outcome::old);
}

TEST_F(ReplicaTest, AnOwnerThatHasNothingIsBelievedUnlessItSaidSomethingSince) {
  static_cast<void>(replica.apply(change({{"a", "1"}}).at(0), changed));
  changed.clear();
  replica.clear(counter - 1, changed);
  EXPECT_THAT(changed, IsEmpty());
  replica.clear(counter + 5, changed);
  EXPECT_THAT(changed, ElementsAre(Pair("a", std::nullopt)));
}

TEST_F(ReplicaTest, LargeNewsAreSeveralDeltasThatFollowEachOther) {
  const auto deltas = change({{"a", "1"}, {"b", "\"\""}, {"c", "3"}, {"d", "4"}}, 18);
  ASSERT_EQ(deltas.size(), 3U);
  for (const Delta& delta : deltas) EXPECT_EQ(replica.apply(delta, changed), Outcome::current);
  EXPECT_EQ(replica.digest(), owner.digest());
}

TEST(JsonSize, IsThatOfTheTextAsJsonWritesIt) {
  EXPECT_EQ(json_size(""), 2U);
  EXPECT_EQ(json_size("a\"b\\"), 8U);
  EXPECT_EQ(json_size("\x01\xc3\xa9"), 10U);
}

}  // namespace
}  // namespace orbit::cluster
