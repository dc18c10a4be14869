// Prints the catalog for others: JSON Schema, AsyncAPI and the reference page. Plain functions: any thread.
#pragma once

#include <string>

#include "catalog/model.hpp"

namespace orbit::catalog {

/// One JSON Schema (draft 2020-12): a document is a ServerEvent; "$defs" has ClientEvent, each event and each DTO.
[[nodiscard]] std::string print_json_schema(const CatalogModel& model);

/// AsyncAPI 3.0, from the node's point of view: it sends ServerEvents and receives ClientEvents.
[[nodiscard]] std::string print_asyncapi(const CatalogModel& model);

/// docs/reference/realtime-event-catalog.md.
[[nodiscard]] std::string print_markdown(const CatalogModel& model);

}  // namespace orbit::catalog
