#include "cluster/message_fields.hpp"

#include <boost/json.hpp>
#include <limits>

#include "catalog/strict_json.hpp"

namespace orbit::cluster {

std::optional<boost::json::object> read_fields(std::string_view text) {
  // A signal's payload may be as deep as a client's, some levels down.
  auto value = catalog::parse_strict_json(text, {.depth = 32, .keys = std::numeric_limits<std::size_t>::max()});
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

}  // namespace orbit::cluster
