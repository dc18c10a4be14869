// AdminHost: the operator API on a listener and an I/O thread of its own. Made, started and destroyed on the main
// thread.
#pragma once

#include "app/io_thread.hpp"
#include "app/operator_desk.hpp"
#include "http/admin_api.hpp"
#include "http/server.hpp"

namespace orbit::app {

class AdminHost {
 public:
  /// What is passed by reference must outlive it.
  AdminHost(OperatorDesk::Parts parts, http::WorkerPool& workers, kernel::MetricsRegistry& metrics);
  AdminHost(const AdminHost&) = delete;
  AdminHost& operator=(const AdminHost&) = delete;
  ~AdminHost();

  /// Error: "listen.failed"; "admin.no_key" where others than this machine could reach it and there is no key yet.
  [[nodiscard]] kernel::Result<> listen();

  /// Begins to answer; `url` is known from then on.
  void start();
  /// Answers what is asked, and takes no more: returns when the last connection is gone.
  void drain();

  [[nodiscard]] const std::string& url() const { return url_; }

  /// On the realtime thread, once.
  void start_rates() { desk_.start(); }

 private:
  const Config& config_;
  Domain& domain_;
  IoThread thread_{"operators"};
  OperatorDesk desk_;
  http::AdminApi api_;
  http::Server server_;
  std::string url_;
};

}  // namespace orbit::app
