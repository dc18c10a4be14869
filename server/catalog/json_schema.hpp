// The catalog's types as JSON Schema (draft 2020-12) values, for the printers that embed them. Any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "catalog/model.hpp"

namespace orbit::catalog {

/// Each id, enumeration, DTO and event under its name; references begin with `base`, as in "#/$defs/".
[[nodiscard]] boost::json::object schema_definitions(const CatalogModel& model, const std::string& base);

/// Two spaces a level, ending in a newline.
[[nodiscard]] std::string pretty_print(const boost::json::value& value);

}  // namespace orbit::catalog
