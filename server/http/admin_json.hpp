// What the operator API answers with, as JSON. For this room's own .cpp files; plain functions: any thread.
#pragma once

#include <span>
#include <string>

#include "http/node_control.hpp"
#include "kernel/domain_event.hpp"

namespace orbit::http {

[[nodiscard]] std::string to_json(const NodeStatus& status);
[[nodiscard]] std::string to_json(const SocketList& list, const std::string& node);
[[nodiscard]] std::string presence_json(const std::vector<catalog::PresenceDTO>& presence, const std::string& node);

/// `head`: the seq of the newest event; `trimmed`: of the newest that is gone.
[[nodiscard]] std::string log_json(std::span<const kernel::DomainEvent> events, kernel::Seq head, kernel::Seq trimmed);

}  // namespace orbit::http
