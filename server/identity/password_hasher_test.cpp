#include "identity/password_hasher.hpp"

#include <gtest/gtest.h>

namespace orbit::identity {
namespace {

class PasswordHasherTest : public testing::Test {
 protected:
  PasswordHasher hasher{PasswordHasher::least_cost()};
};

TEST_F(PasswordHasherTest, VerifiesThePasswordThatWasHashedAndNoOther) {
  const std::string hash = hasher.hash("orbit-demo");
  EXPECT_TRUE(hasher.verify("orbit-demo", hash));
  for (const auto* other : {"orbit-demO", "orbit-dem", "orbit-demo ", ""}) EXPECT_FALSE(hasher.verify(other, hash));
}

TEST_F(PasswordHasherTest, SaltsEachHash) { EXPECT_NE(hasher.hash("orbit-demo"), hasher.hash("orbit-demo")); }

TEST_F(PasswordHasherTest, IsArgon2id) { EXPECT_TRUE(hasher.hash("orbit-demo").starts_with("$argon2id$")); }

TEST_F(PasswordHasherTest, VerifiesAHashOfAnotherCost) {
  auto cost = PasswordHasher::least_cost();
  cost.operations += 1;
  EXPECT_TRUE(hasher.verify("orbit-demo", PasswordHasher(cost).hash("orbit-demo")));
}

TEST_F(PasswordHasherTest, RefusesWhatIsNoHash) {
  EXPECT_FALSE(hasher.verify("", ""));
  EXPECT_FALSE(hasher.verify("orbit-demo", "orbit-demo"));
}

}  // namespace
}  // namespace orbit::identity
