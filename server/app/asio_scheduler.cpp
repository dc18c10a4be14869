#include "app/asio_scheduler.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>

namespace orbit::app {

namespace asio = boost::asio;

struct AsioScheduler::Parts {
  asio::io_context& context;
  std::unordered_map<kernel::TimerId, std::unique_ptr<asio::steady_timer>> timers;
  kernel::TimerId next_timer = 1;
};

AsioScheduler::AsioScheduler(asio::io_context& context) : parts_(new Parts{context, {}, 1}) {}

AsioScheduler::~AsioScheduler() = default;

void AsioScheduler::post(Task task) { asio::post(parts_->context, std::move(task)); }

kernel::TimerId AsioScheduler::after(std::chrono::milliseconds delay, Task task) {
  const kernel::TimerId id = parts_->next_timer++;
  auto& timer = parts_->timers[id] = std::make_unique<asio::steady_timer>(parts_->context, delay);
  timer->async_wait([this, id, task = std::move(task)](const boost::system::error_code& cancelled) mutable {
    if (cancelled || parts_->timers.erase(id) == 0) return;
    task();
  });
  return id;
}

void AsioScheduler::cancel(kernel::TimerId timer) { parts_->timers.erase(timer); }

}  // namespace orbit::app
