// One realistic example of each event, for the reference and for tests. Any thread.
#pragma once

#include "catalog/client_event.hpp"
#include "catalog/server_event.hpp"

namespace orbit::catalog {

/// An example of the type that the argument has; its own fields are not looked at. An event without one does not
/// compile.
[[nodiscard]] ServerEvent example_of(const ServerEvent& event);

/// The JSON of an example frame, as a tab would send it.
[[nodiscard]] std::string example_of(const ClientEvent& event);

}  // namespace orbit::catalog
