// AdminApi: the operator API, everything under /v1/admin, for a listener of its own. Each request shows an operator
// key; what it changes is logged with the key's id. Handlers run on workers; the rest belongs to no thread.
#pragma once

#include <functional>
#include <span>

#include "http/node_control.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/worker_pool.hpp"
#include "identity/operator_key_service.hpp"
#include "identity/session_service.hpp"
#include "kernel/event_log.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::http {

/// A route of the operator API, as the OpenAPI document has it.
struct AdminRoute {
  std::string_view method;
  std::string_view pattern;
  identity::OperatorScope scope;
};

class AdminApi final : public RequestHandler {
 public:
  struct Parts {
    kernel::UnitOfWork& unit_of_work;
    const kernel::EventLog& event_log;
    workspaces::Repositories repositories;
    identity::OperatorKeyService& keys;
    identity::SessionService& sessions;
    NodeControl& node;
    WorkerPool& workers;
  };

  explicit AdminApi(const Parts& parts);

  [[nodiscard]] static std::vector<AdminRoute> routes();

  void handle(Request request, Respond respond) override;
  [[nodiscard]] bool is_upgrade(const Request&) const override { return false; }
  void upgrade(Request request, DecideUpgrade decide) override;

 private:
  struct Call;
  struct Handled {
    AdminRoute route;
    Response (AdminApi::*handler)(const Call& call) const;
  };

  [[nodiscard]] static std::span<const Handled> handled();
  [[nodiscard]] Response authorized(const Request& request, const PathParameters& path, const Handled& handled) const;

  [[nodiscard]] Response status(const Call& call) const;
  [[nodiscard]] Response sockets(const Call& call) const;
  [[nodiscard]] Response presence(const Call& call) const;
  [[nodiscard]] Response log(const Call& call) const;
  [[nodiscard]] Response disconnect(const Call& call) const;
  [[nodiscard]] Response revoke(const Call& call) const;
  [[nodiscard]] Response publish(const Call& call) const;

  [[nodiscard]] kernel::Result<workspaces::Workspace::State> workspace(const Call& call) const;
  [[nodiscard]] kernel::Result<> check_member(kernel::WorkspaceId workspace, kernel::MemberId member) const;

  Parts parts_;
  Router router_;
};

}  // namespace orbit::http
