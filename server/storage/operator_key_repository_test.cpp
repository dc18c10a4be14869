#include "storage/operator_key_repository.hpp"

#include <gtest/gtest.h>

#include "storage/testing/test_database.hpp"

namespace orbit::storage {
namespace {

using identity::OperatorKey;
using identity::OperatorScope;
using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

class OperatorKeyRepositoryTest : public testing::Test {
 protected:
  OperatorKeyRepositoryTest() {
    database = *Database::open(test_database.url(), {}, clock, metrics);
    EXPECT_TRUE(database->migrate().has_value());
  }

  OperatorKey add(std::string hash, identity::OperatorScopes scopes) {
    OperatorKey key{identity::OperatorKeyId::create(clock),
                    "robot",
                    std::move(scopes),
                    std::nullopt,
                    std::move(hash),
                    clock.now(),
                    std::nullopt};
    write([&](WriteContext& context) { keys().add(context, key); });
    return key;
  }
  template <class Work>
  void write(Work work) {
    EXPECT_TRUE(database->unit_of_work()
                    .run([&](WriteContext& context) -> Result<> {
                      work(context);
                      return {};
                    })
                    .has_value());
  }
  std::vector<OperatorKey> list() {
    return *database->unit_of_work().read(
        [&](const ReadContext& context) -> Result<std::vector<OperatorKey>> { return keys().list(context); });
  }
  const identity::OperatorKeyRepository& keys() { return database->operator_keys(); }

  const TestDatabase test_database;
  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  std::unique_ptr<Database> database;
};

TEST_F(OperatorKeyRepositoryTest, FindsAKeyByItsHashAsItWasAdded) {
  add("one", {OperatorScope::read});
  clock.advance(std::chrono::seconds{1});
  const OperatorKey two = add("two", {OperatorScope::disconnect, OperatorScope::publish});
  const auto found =
      *database->unit_of_work().read([&](const ReadContext& context) -> Result<std::optional<OperatorKey>> {
        return keys().find_by_secret_hash(context, "two");
      });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, two.id);
  EXPECT_EQ(found->name, "robot");
  EXPECT_EQ(found->scopes, two.scopes);
  EXPECT_EQ(found->workspace, std::nullopt);
  EXPECT_EQ(found->created_at, two.created_at);
  EXPECT_EQ(found->last_used_at, std::nullopt);
  EXPECT_EQ(list().size(), 2U);
  EXPECT_EQ(list().back().id, two.id);
}

TEST_F(OperatorKeyRepositoryTest, NotesUsesAndRemoves) {
  const OperatorKey key = add("one", {OperatorScope::read});
  clock.advance(std::chrono::minutes{1});
  write([&](WriteContext& context) { keys().note_use(context, key.id, clock.now()); });
  EXPECT_EQ(list().front().last_used_at, clock.now());
  write([&](WriteContext& context) { EXPECT_TRUE(keys().remove(context, key.id)); });
  write([&](WriteContext& context) { EXPECT_FALSE(keys().remove(context, key.id)); });
  EXPECT_TRUE(list().empty());
}

}  // namespace
}  // namespace orbit::storage
