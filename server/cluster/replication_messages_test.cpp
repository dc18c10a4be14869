#include "cluster/replication_messages.hpp"

#include <gmock/gmock.h>

#include <random>

namespace orbit::cluster {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string object(const std::string& fields) { return "{" + fields + "}"; }

const Delta delta{1, 2, ~std::uint64_t{0}, {{"a\"\n", "\xc3\xa9{}"}, {"b", std::nullopt}}};

TEST(ReplicationMessages, AreReadAsTheyWereWritten) {
  const auto read = read_delta(object(fields_of(delta)));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->from, 1U);
  EXPECT_EQ(read->to, 2U);
  EXPECT_EQ(read->hash, delta.hash);
  EXPECT_EQ(read->changes, delta.changes);

  const auto ask = read_ask(object(fields_of(Ask{7, Want::digest, {"s", "t"}})));
  ASSERT_TRUE(ask.has_value());
  EXPECT_EQ(ask->id, 7U);
  EXPECT_EQ(ask->want, Want::digest);
  EXPECT_THAT(ask->topics, ElementsAre("s", "t"));

  const auto answer = read_answer(object(fields_of(Answer{7, 9, {{1, {3, 4}}}})));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->counter, 9U);
  ASSERT_EQ(answer->owned.size(), 1U);
  EXPECT_EQ(answer->owned[0].topic, 1U);
  EXPECT_EQ(answer->owned[0].digest, (Digest{3, 4}));

  EXPECT_EQ(read_digest(object(fields_of(Digest{3, 4}))), (Digest{3, 4}));
}

TEST(ReplicationMessages, FieldsOfANewerNodeAreIgnored) {
  EXPECT_TRUE(read_digest(R"({"counter":1,"hash":2,"new":{"x":[]}})").has_value());
}

TEST(ReplicationMessages, AStateIsSplitToFitAndPutTogetherAgain) {
  Entries entries;
  for (int i = 0; i < 100; ++i) entries.apply("key-" + std::to_string(i), std::string(20, '"'));
  const Digest digest{5, entries.hash()};
  const auto parts = state_fields("topic", entries, digest, 500);
  EXPECT_GT(parts.size(), 10U);
  Replica replica;
  Changes changed;
  auto outcome = Replica::Outcome::gap;
  for (const std::string& fields : parts) {
    EXPECT_LE(fields.size(), 500U);
    auto state = read_state(object(fields));
    ASSERT_TRUE(state.has_value());
    EXPECT_EQ(state->topic, "topic");
    outcome = replica.add(std::move(state->part), changed);
  }
  EXPECT_EQ(outcome, Replica::Outcome::current);
  EXPECT_EQ(replica.entries().all(), entries.all());
  EXPECT_EQ(state_fields("topic", {}, {5, 0}, 500).size(), 1U) << "nothing is a state as well";
}

TEST(ReplicationMessages, DamagedOnesAreRefusedOrReadAndNothingElse) {
  Entries entries;
  entries.apply("k", "v");
  const std::vector<std::string> whole{object(fields_of(delta)), object(fields_of(Digest{3, 4})),
                                       object(fields_of(Ask{7, Want::state, {"s"}})),
                                       object(fields_of(Answer{7, 9, {{1, {3, 4}}}})),
                                       object(state_fields("t", entries, {1, entries.hash()}, 500).at(0))};
  std::mt19937 random(1);
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole[random() % whole.size()];
    for (auto times = random() % 3; times < 3; ++times) {
      const std::size_t place = random() % text.size();
      if (random() % 2 == 0) {
        text[place] = static_cast<char>(random() % 256);
      } else {
        text.erase(place, 1 + random() % 4);
      }
      if (text.empty()) text = "x";
    }
    refused += read_delta(text) || read_digest(text) || read_ask(text) || read_answer(text) || read_state(text) ? 0 : 1;
  }
  EXPECT_GT(refused, 10'000U);
}

}  // namespace
}  // namespace orbit::cluster
