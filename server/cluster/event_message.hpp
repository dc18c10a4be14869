// EventMessage: an event, and what it tells tabs, as nodes send it to each other. Plain functions: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "realtime/event_projector.hpp"

namespace orbit::cluster {

struct EventMessage {
  kernel::DomainEvent event;
  /// nullopt where the message doesn't say.
  std::optional<realtime::Projection> projection;
};

/// The members of a JSON object. What tabs are told comes last and as it is, so that nobody parses it on the way.
[[nodiscard]] std::string to_fields(const kernel::DomainEvent& event,
                                    const std::optional<realtime::Projection>& projection);

/// From the text of an object that ends with such members; nullopt where it is malformed.
[[nodiscard]] std::optional<EventMessage> event_message_from(std::string_view text);

}  // namespace orbit::cluster
