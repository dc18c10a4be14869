#include "cluster/broker_inbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace orbit::cluster {
namespace {

// What is told, in a few letters: "m:text" a message, "s:subject" a subscription, "lost".
class BrokerInboxTest : public testing::Test, public BrokerInbox::Receiver {
 protected:
  void take(const Call& call) override {
    switch (call.kind) {
      case CallKind::received:
        told_ += "m:" + std::string(call.message) + " ";
        break;
      case CallKind::subscribed:
        told_ += "s:" + std::string(call.subject) + " ";
        break;
      default:
        told_ += "lost ";
    }
    if (told_.size() > close_at_) inbox_->close();
  }

  bool receive(std::string_view message) { return inbox_->add({.kind = CallKind::received, .message = message}); }

  kernel::ManualClock clock_;
  kernel::ManualScheduler scheduler_{clock_};
  std::shared_ptr<BrokerInbox> inbox_ = std::make_shared<BrokerInbox>(scheduler_, *this, 100);
  std::string told_;
  std::size_t close_at_ = 1'000'000;
};

TEST_F(BrokerInboxTest, TellsInOrder) {
  receive("a");
  inbox_->add({.kind = CallKind::subscribed, .subject = "b"});
  receive("c");
  EXPECT_EQ(told_, "");
  scheduler_.run_posted();
  receive("d");
  scheduler_.run_posted();
  EXPECT_EQ(told_, "m:a s:b m:c m:d ");
}

TEST_F(BrokerInboxTest, DropsMessagesWhereTooMuchWaitsAndSaysSoOnceAndInItsPlace) {
  EXPECT_TRUE(receive(std::string(100, 'x')));
  EXPECT_FALSE(receive("b"));
  EXPECT_FALSE(receive("c"));
  EXPECT_TRUE(inbox_->add({.kind = CallKind::subscribed, .subject = "d"}));
  scheduler_.run_posted();
  EXPECT_EQ(told_, "m:" + std::string(100, 'x') + " lost s:d ");
  told_.clear();
  EXPECT_TRUE(receive("e"));
  scheduler_.run_posted();
  EXPECT_EQ(told_, "m:e ");
}

TEST_F(BrokerInboxTest, TellsMoreThanFitsIntoOneTask) {
  inbox_ = std::make_shared<BrokerInbox>(scheduler_, *this, 1U << 20U);
  for (int i = 0; i < 2'500; ++i) receive("a");
  scheduler_.run_posted();
  EXPECT_EQ(told_.size(), 2'500 * std::string_view("m:a ").size());
}

TEST_F(BrokerInboxTest, TellsNothingOnceItIsClosedEvenFromWithinACall) {
  close_at_ = 1;
  receive("a");
  receive("b");
  scheduler_.run_posted();
  EXPECT_FALSE(receive("c"));
  scheduler_.run_posted();
  EXPECT_EQ(told_, "m:a ");
}

}  // namespace
}  // namespace orbit::cluster
