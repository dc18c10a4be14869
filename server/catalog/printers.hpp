// Prints the catalog for others: TypeScript, JSON Schema, AsyncAPI and the reference page. Plain functions: any thread.
#pragma once

#include <string>

#include "catalog/model.hpp"

namespace orbit::catalog {

/// packages/catalog/src/generated/catalog.ts: types, and the shapes that frames are checked against as they arrive.
[[nodiscard]] std::string print_typescript(const CatalogModel& model);

/// packages/catalog/src/generated/docs.ts: the reference as data, for a page that shows it.
[[nodiscard]] std::string print_typescript_docs(const CatalogModel& model);

/// One JSON Schema (draft 2020-12): a document is a ServerEvent; "$defs" has ClientEvent, each event and each DTO.
[[nodiscard]] std::string print_json_schema(const CatalogModel& model);

/// AsyncAPI 3.0, from the node's point of view: it sends ServerEvents and receives ClientEvents.
[[nodiscard]] std::string print_asyncapi(const CatalogModel& model);

/// docs/reference/realtime-event-catalog.md.
[[nodiscard]] std::string print_markdown(const CatalogModel& model);

}  // namespace orbit::catalog
