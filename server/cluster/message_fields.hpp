// The fields of a message of another node, read as strictly as what comes from clients: a node of another version, or
// whoever got hold of the broker, may have written it. Plain function: any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string_view>

namespace orbit::cluster {

/// Nullopt for what is no object, or not strict JSON. A message's size bounds its keys.
[[nodiscard]] std::optional<boost::json::object> read_fields(std::string_view text);

}  // namespace orbit::cluster
