#include "app/front_door.hpp"

#include <spdlog/spdlog.h>

#include "app/stream_cursor_in.hpp"
#include "http/problem.hpp"
#include "websocket/handshake.hpp"

namespace orbit::app {

using http::problem;
using http::Response;

namespace {

Response busy(std::string_view request_id) {
  Response response =
      problem(503, "node.full", "The node takes no more sockets right now. Try again in a moment.", request_id);
  response.headers.emplace_back("Retry-After", "2");
  return response;
}

}  // namespace

void FrontDoor::handle(http::Request request, http::Respond respond) {
  api_.handle(std::move(request), std::move(respond));
}

void FrontDoor::upgrade(http::Request request, http::DecideUpgrade decide) {
  const std::string id = request.id;
  decide_upgrade(std::move(request), [this, id, decide = std::move(decide)](http::UpgradeDecision decision) mutable {
    const auto* refusal = std::get_if<Response>(&decision);
    metrics_.answered(refusal == nullptr ? 101 : refusal->status);
    if (refusal != nullptr) spdlog::debug("request {}: GET /v1/ws {}", id, refusal->status);
    decide(std::move(decision));
  });
}

void FrontDoor::decide_upgrade(http::Request request, http::DecideUpgrade decide) {
  if (!origins_.allows(request.header("Origin"))) {
    return decide(problem(403, "origin.refused", "This origin may not open sockets here.", request.id));
  }
  if (!shard_.accepting()) return decide(busy(request.id));
  const auto accepted = websocket::accept_handshake(
      {request.method, 1, request.http_minor, [&](std::string_view name) { return request.header_values(name); }},
      wants_deflate_);
  if (!accepted) {
    Response refusal = problem(accepted.error().status, accepted.error().code, accepted.error().message, request.id);
    for (const auto& [name, value] : accepted.error().headers) refusal.headers.emplace_back(name, value);
    return decide(std::move(refusal));
  }

  auto cursor = stream_cursor_in(request);
  if (!cursor) return decide(problem(cursor.error(), request.id));

  auto shared = std::make_shared<http::DecideUpgrade>(std::move(decide));
  auto admit = [this, shared, id = request.id, token = api_.session_token(request),
                slug = request.parameter("workspace").value_or(""), handshake = *accepted,
                cursor = *std::move(cursor)] {
    const auto identity = admission_.admit(token, slug);
    if (!identity) return (*shared)(problem(identity.error(), id));
    (*shared)(http::TakeSocket([this, id, identity = *identity, handshake, cursor](http::UpgradedSocket taken) {
      const auto socket =
          shard_.adopt(taken.descriptor, identity, handshake, taken.leftover, cursor, std::move(taken.lease));
      spdlog::debug("request {}: GET /v1/ws 101, socket {}", id, socket);
    }));
  };
  workers_.offer(http::Lane::join, std::move(admit), [shared, id = request.id] { (*shared)(busy(id)); });
}

}  // namespace orbit::app
