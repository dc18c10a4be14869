#include "app/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "kernel/thread_name.hpp"

namespace orbit::app {

namespace asio = boost::asio;

struct IoThread::Parts {
  explicit Parts(const std::string& name)
      : thread([this, name] {
          kernel::name_this_thread(name);
          context.run();
        }) {}

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
  std::jthread thread;
};

IoThread::IoThread(const std::string& name) : parts_(std::make_unique<Parts>(name)) {}

IoThread::~IoThread() { stop(); }

asio::io_context& IoThread::context() { return parts_->context; }

void IoThread::post(std::move_only_function<void()> task) { asio::post(parts_->context, std::move(task)); }

void IoThread::stop() {
  parts_->context.stop();
  if (parts_->thread.joinable()) parts_->thread.join();
}

}  // namespace orbit::app
