#include "cluster/quiet_log.hpp"

#include <spdlog/spdlog.h>

namespace orbit::cluster {

void QuietLog::warn(std::string_view text) {
  if (timer_ != 0) {
    ++left_out_;
    latest_ = text;
    return;
  }
  spdlog::warn("{}", text);
  start_pause();
}

void QuietLog::start_pause() {
  timer_ = scheduler_.after(pause, [this] {
    timer_ = 0;
    if (left_out_ == 0) return;
    spdlog::warn("{} ({} like it in the last {} s)", latest_, left_out_, pause.count());
    left_out_ = 0;
    start_pause();
  });
}

}  // namespace orbit::cluster
