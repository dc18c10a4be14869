#include "storage/group_commit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace orbit::storage {
namespace {

using kernel::Result;

class GroupCommitTest : public testing::Test {
 protected:
  using Job = GroupCommit::Job;

  explicit GroupCommitTest(std::chrono::milliseconds patience = std::chrono::minutes(1)) : group_commit(3, patience) {}

  // Each group is written down; the first one lasts until `go_on`.
  GroupCommit::Commit commit() {
    return [this](std::span<Job* const> group) {
      groups.emplace_back(group.begin(), group.end());
      if (groups.size() == 1) first_may_end.wait();
    };
  }

  std::jthread settle_elsewhere(Job& job) {
    const std::size_t before = group_commit.waiting();
    const bool leads = started++ == 0;
    std::jthread thread([this, &job] { EXPECT_TRUE(group_commit.settle(job, commit())); });
    if (leads) {
      while (!group_commit.committing()) std::this_thread::yield();
    } else {
      while (group_commit.waiting() == before) std::this_thread::yield();
    }
    return thread;
  }

  GroupCommit::Work nothing = [](kernel::WriteContext&) -> Result<> { return {}; };
  GroupCommit group_commit;
  std::latch first_may_end{1};
  std::vector<std::vector<Job*>> groups;  // of the writer, so of one thread at a time
  int started = 0;
};

TEST_F(GroupCommitTest, ThoseWhoComeDuringACommitShareTheNextInTheirOrder) {
  std::deque<Job> jobs;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) threads.push_back(settle_elsewhere(jobs.emplace_back(nothing)));
  first_may_end.count_down();
  threads.clear();
  const std::vector<std::vector<Job*>> expected{
      {&jobs[0]}, {&jobs[1], &jobs[2], &jobs[3]}, {&jobs[4], &jobs[5]}};  // three at most
  EXPECT_EQ(groups, expected);
}

TEST_F(GroupCommitTest, WhatTheCommitThrowsIsThrownToEachOfTheGroup) {
  Job job(nothing);
  EXPECT_TRUE(group_commit.settle(job, [](auto) { throw std::runtime_error("broken"); }));
  EXPECT_THROW(std::rethrow_exception(job.thrown), std::runtime_error);
  Job next(nothing);
  first_may_end.count_down();
  EXPECT_TRUE(group_commit.settle(next, commit())) << "the writer is free again";
  EXPECT_EQ(next.thrown, nullptr);
}

class ImpatientGroupCommitTest : public GroupCommitTest {
 protected:
  ImpatientGroupCommitTest() : GroupCommitTest(std::chrono::milliseconds(1)) {}
};

TEST_F(ImpatientGroupCommitTest, WhoeverWaitsInVainIsNotRun) {
  Job slow(nothing);
  auto thread = settle_elsewhere(slow);
  Job late(nothing);
  EXPECT_FALSE(group_commit.settle(late, commit()));
  first_may_end.count_down();
  thread.join();
  EXPECT_EQ(groups, (std::vector<std::vector<Job*>>{{&slow}}));
  EXPECT_EQ(group_commit.waiting(), 0U);
}

}  // namespace
}  // namespace orbit::storage
