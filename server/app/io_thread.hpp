// IoThread: an event loop and the thread that runs it. Any thread may post; stop and destroy it from another.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace orbit::app {

class IoThread {
 public:
  /// See kernel::name_this_thread.
  explicit IoThread(const std::string& name);
  ~IoThread();

  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  [[nodiscard]] boost::asio::io_context& context();
  void post(std::move_only_function<void()> task);

  /// Returns once the thread has ended; what is still queued is not run.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orbit::app
