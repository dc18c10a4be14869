// AsioScheduler: the Scheduler of a thread that runs an io_context. post comes from any thread, all else from its own.
#pragma once

#include <memory>

#include "kernel/scheduler.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::app {

class AsioScheduler final : public kernel::Scheduler {
 public:
  explicit AsioScheduler(boost::asio::io_context& context);
  ~AsioScheduler() override;

  void post(Task task) override;
  kernel::TimerId after(std::chrono::milliseconds delay, Task task) override;
  void cancel(kernel::TimerId timer) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orbit::app
