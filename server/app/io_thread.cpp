#include "app/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

namespace orbit::app {

namespace asio = boost::asio;

struct IoThread::Parts {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
  std::jthread thread{[this] { context.run(); }};
};

IoThread::IoThread() : parts_(std::make_unique<Parts>()) {}

IoThread::~IoThread() { stop(); }

asio::io_context& IoThread::context() { return parts_->context; }

void IoThread::post(std::move_only_function<void()> task) { asio::post(parts_->context, std::move(task)); }

void IoThread::stop() {
  parts_->context.stop();
  if (parts_->thread.joinable()) parts_->thread.join();
}

}  // namespace orbit::app
