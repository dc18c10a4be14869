// QuietLog: warns of what may happen thousands of times a second: at once, then no more than once in ten seconds, with
// how often it was left out. Belongs to its scheduler's thread.
#pragma once

#include <string>
#include <string_view>

#include "kernel/scheduler.hpp"

namespace orbit::cluster {

class QuietLog {
 public:
  static constexpr std::chrono::seconds pause{10};

  explicit QuietLog(kernel::Scheduler& scheduler) : scheduler_(scheduler) {}
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;
  ~QuietLog() { scheduler_.cancel(timer_); }

  void warn(std::string_view text);

 private:
  void start_pause();

  kernel::Scheduler& scheduler_;
  kernel::TimerId timer_ = 0;
  std::size_t left_out_ = 0;
  std::string latest_;  // of those left out
};

}  // namespace orbit::cluster
