// RealtimeHost: everything on the realtime thread, put together. Made and destroyed on the main thread, while the
// realtime thread does nothing of its; everything else on the realtime thread.
#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/domain.hpp"
#include "app/realtime_access.hpp"
#include "cluster/backplane.hpp"
#include "http/worker_pool.hpp"
#include "realtime/realtime_gateway.hpp"
#include "realtime/relay.hpp"
#include "realtime/socket_admission.hpp"

namespace orbit::app {

class RealtimeHost {
 public:
  struct Given {
    const Config& config;
    Domain& domain;
    kernel::Scheduler& scheduler;
    http::WorkerPool& workers;
    std::string epoch;
    const kernel::Clock& clock;
    kernel::MetricsRegistry& metrics;
    std::unique_ptr<cluster::Backplane> backplane = nullptr;  // only beside a database that is shared
  };

  explicit RealtimeHost(Given given);
  ~RealtimeHost();

  /// Before the first socket and the first commit that it hears of. Error: the database's.
  [[nodiscard]] kernel::Result<> start();

  /// After the last commit.
  void stop();

  using WithRoster = std::move_only_function<void(std::vector<catalog::PresenceDTO>)>;

  /// Calls back on the realtime thread with the workspace's presence, as a new tab would be told it. Any thread.
  void with_roster(kernel::WorkspaceId workspace, WithRoster callback);

  [[nodiscard]] realtime::Relay& relay();
  [[nodiscard]] realtime::RealtimeGateway& gateway();
  [[nodiscard]] realtime::SocketAdmission& admission();
  [[nodiscard]] RealtimeAccess access();
  /// Any thread, here and below.
  [[nodiscard]] std::size_t socket_count() const;
  /// See QueueProbe.
  [[nodiscard]] std::chrono::nanoseconds overdue() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orbit::app
