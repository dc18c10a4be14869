// OperatorDesk: what the operator API can see of this node and do to it. Its calls come from workers; it asks the
// realtime thread and the shards, and waits for them, but not for long.
#pragma once

#include "app/config.hpp"
#include "app/domain.hpp"
#include "app/node_rates.hpp"
#include "app/realtime_access.hpp"
#include "http/node_control.hpp"
#include "websocket/shard.hpp"

namespace orbit::app {

class OperatorDesk final : public http::NodeControl {
 public:
  struct Parts {
    const Config& config;
    std::string node_name;
    Domain& domain;
    RealtimeAccess realtime;
    std::vector<const websocket::Shard*> shards;
    const kernel::MetricsRegistry& metrics;
    const kernel::Clock& clock;
  };

  /// Made and destroyed while the realtime thread does nothing of its.
  explicit OperatorDesk(Parts parts);

  /// On the realtime thread.
  void start() { rates_.start(); }

  [[nodiscard]] std::string node_name() const override { return parts_.node_name; }
  [[nodiscard]] kernel::Result<http::NodeStatus> status() override;
  [[nodiscard]] kernel::Result<http::SocketList> sockets(kernel::WorkspaceId workspace, std::size_t limit) override;
  [[nodiscard]] kernel::Result<std::vector<catalog::PresenceDTO>> presence(kernel::WorkspaceId workspace) override;
  [[nodiscard]] kernel::Result<std::size_t> disconnect(kernel::MemberId member) override;
  [[nodiscard]] kernel::Result<> publish(const http::RoomMessage& message) override;

 private:
  using Busiest = std::vector<std::pair<kernel::WorkspaceId, std::size_t>>;

  struct SeenOnRealtimeThread {
    kernel::SteadyTime at;
    std::vector<kernel::Seq> published;  // of the workspaces that were asked about
    std::vector<std::size_t> online;
    http::NodeRates rates;
    bool connected = false;
    std::vector<http::PeerStatus> peers;
  };

  [[nodiscard]] SeenOnRealtimeThread look(const Busiest& busiest) const;
  [[nodiscard]] kernel::Result<> describe(const Busiest& busiest, std::vector<kernel::Seq>& heads,
                                          std::vector<http::BusyWorkspace>& top) const;

  Parts parts_;
  const kernel::Timestamp started_at_;
  const kernel::SteadyTime started_;
  NodeRateMeter rates_;
};

}  // namespace orbit::app
