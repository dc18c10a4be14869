// FrontDoor: what one shard's HTTP server hands its requests to. Answers go through the Api; sockets, once admitted, to
// the shard on the same thread. Belongs to the shard's thread.
#pragma once

#include <functional>

#include "app/handshake_metrics.hpp"
#include "http/api.hpp"
#include "realtime/socket_admission.hpp"
#include "websocket/shard.hpp"

namespace orbit::app {

class FrontDoor final : public http::RequestHandler {
 public:
  FrontDoor(http::Api& api, http::WorkerPool& workers, const kernel::OriginPolicy& origins,
            realtime::SocketAdmission& admission, websocket::Shard& shard, kernel::MetricsRegistry& metrics,
            bool wants_deflate)
      : api_(api),
        workers_(workers),
        origins_(origins),
        admission_(admission),
        shard_(shard),
        metrics_(metrics),
        wants_deflate_(wants_deflate) {}

  void handle(http::Request request, http::Respond respond) override;
  [[nodiscard]] bool is_upgrade(const http::Request& request) const override { return request.path == "/v1/ws"; }

  /// Foreign origin: 403. No WebSocket handshake: 400 or 426. Half a cursor: 422. No room, or draining: 503. Not a
  /// member: 401.
  void upgrade(http::Request request, http::DecideUpgrade decide) override;

 private:
  void decide_upgrade(http::Request request, http::DecideUpgrade decide);

  http::Api& api_;
  http::WorkerPool& workers_;
  const kernel::OriginPolicy& origins_;
  realtime::SocketAdmission& admission_;
  websocket::Shard& shard_;
  HandshakeMetrics metrics_;
  bool wants_deflate_;
};

}  // namespace orbit::app
