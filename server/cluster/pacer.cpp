#include "cluster/pacer.hpp"

namespace orbit::cluster {

void Pacer::run(kernel::Scheduler::Task task) {
  if (waiting_.size() >= max_waiting) return dropped_.add();
  waiting_.push_back(std::move(task));
  if (timer_ == 0 || ran_ < per_pause) pump();
}

void Pacer::pump() {
  for (; ran_ < per_pause && !waiting_.empty(); ++ran_) {
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    task();
  }
  if (timer_ != 0) return;
  timer_ = scheduler_.after(pause, [this] {
    timer_ = 0;
    ran_ = 0;
    if (!waiting_.empty()) pump();
  });
}

}  // namespace orbit::cluster
