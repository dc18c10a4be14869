#include "identity/operator_key_service.hpp"

#include <gtest/gtest.h>

#include "identity/session.hpp"
#include "kernel/testing/memory_unit_of_work.hpp"
#include "kernel/testing/outcome.hpp"

namespace orbit::identity {
namespace {

using kernel::outcome;
using std::chrono::minutes;
using std::chrono::seconds;

class MemoryOperatorKeyRepository final : public OperatorKeyRepository {
 public:
  explicit MemoryOperatorKeyRepository(kernel::MemoryUnitOfWork& unit_of_work) { unit_of_work.enlist(table_); }

  [[nodiscard]] std::optional<OperatorKey> find_by_secret_hash(const kernel::ReadContext&,
                                                               std::string_view secret_hash) const override {
    return table_.first([&](const OperatorKey& key) { return key.secret_hash == secret_hash; });
  }
  [[nodiscard]] std::vector<OperatorKey> list(const kernel::ReadContext&) const override {
    return table_.where([](const OperatorKey&) { return true; });
  }
  void add(kernel::WriteContext&, const OperatorKey& key) const override { table_.put(key); }
  void note_use(kernel::WriteContext&, OperatorKeyId id, kernel::Timestamp now) const override {
    auto key = *table_.find(id);
    key.last_used_at = now;
    table_.put(key);
  }
  bool remove(kernel::WriteContext&, OperatorKeyId id) const override {
    const bool was_there = table_.find(id).has_value();
    table_.erase(id);
    return was_there;
  }

 private:
  mutable kernel::MemoryTable<OperatorKey> table_;
};

class OperatorKeyServiceTest : public testing::Test {
 protected:
  NewOperatorKey make(OperatorScopes scopes = {OperatorScope::read}) {
    return *keys.create({"the robot", std::move(scopes), std::nullopt});
  }
  std::string show(std::string_view secret, std::string_view address = "192.0.2.1") {
    return outcome(keys.authenticate(secret, address));
  }

  kernel::ManualClock clock;
  kernel::MemoryUnitOfWork unit_of_work;
  MemoryOperatorKeyRepository repository{unit_of_work};
  OperatorKeyService keys{unit_of_work, repository, clock};
};

TEST_F(OperatorKeyServiceTest, KnowsAKeyByItsSecretAndKeepsOnlyTheHash) {
  const auto made = make({OperatorScope::read, OperatorScope::publish});
  const auto known = keys.authenticate(made.secret, "192.0.2.1");
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->id, made.key.id);
  EXPECT_TRUE(known->may(OperatorScope::publish));
  EXPECT_FALSE(known->may(OperatorScope::disconnect));
  EXPECT_EQ(known->secret_hash, hash_token(made.secret));
  EXPECT_EQ(known->secret_hash.find(made.secret), std::string::npos);
}

TEST_F(OperatorKeyServiceTest, RefusesWhatIsNoKeyOrIsOneNoMore) {
  const auto made = make();
  const std::string refused = "unauthenticated key.required";
  EXPECT_EQ(show(""), refused);
  EXPECT_EQ(show(made.secret + "x"), refused);
  EXPECT_EQ(show(made.key.secret_hash), refused);
  EXPECT_EQ(show(made.secret), "ok");
  EXPECT_EQ(outcome(keys.revoke(made.key.id)), "ok");
  EXPECT_EQ(show(made.secret), refused);
  EXPECT_EQ(outcome(keys.revoke(made.key.id)), "not_found not_found");
}

TEST_F(OperatorKeyServiceTest, RefusesAnAddressThatFailedTooOftenWhateverItShows) {
  const auto made = make();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(show("orbit_key_guess"), "unauthenticated key.required");
  EXPECT_EQ(show(made.secret), "too_many key.too_many_attempts");
  EXPECT_EQ(show(made.secret, "192.0.2.2"), "ok");
  clock.advance(minutes{15});
  EXPECT_EQ(show(made.secret), "ok");
}

TEST_F(OperatorKeyServiceTest, DoesNotCountWhatSucceeded) {
  const auto made = make();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(show(made.secret), "ok");
}

TEST_F(OperatorKeyServiceTest, NotesTheLastUseButNotEachOne) {
  const auto made = make();
  EXPECT_EQ(keys.list()->front().last_used_at, std::nullopt);
  const auto first = clock.now();
  ASSERT_EQ(show(made.secret), "ok");
  EXPECT_EQ(keys.list()->front().last_used_at, first);
  clock.advance(seconds{59});
  ASSERT_EQ(show(made.secret), "ok");
  EXPECT_EQ(keys.list()->front().last_used_at, first);
  clock.advance(seconds{1});
  ASSERT_EQ(show(made.secret), "ok");
  EXPECT_EQ(keys.list()->front().last_used_at, clock.now());
}

TEST_F(OperatorKeyServiceTest, TakesNoNameThatCouldForgeALineOfALog) {
  EXPECT_EQ(outcome(keys.create({"a\nb", {OperatorScope::read}, std::nullopt})), "invalid name bad_name");
  EXPECT_EQ(outcome(keys.create({std::string(65, 'a'), {OperatorScope::read}, std::nullopt})), "invalid name bad_name");
}

TEST(OperatorScopesTest, AreReadInAnyOrderAndWrittenInOne) {
  EXPECT_EQ(to_words(*parse_scopes("publish,read read")), "read publish");
  EXPECT_EQ(outcome(parse_scopes("read,all")), "invalid scope unknown");
  EXPECT_EQ(outcome(parse_scopes(" ")), "invalid scope required");
}

}  // namespace
}  // namespace orbit::identity
