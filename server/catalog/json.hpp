// JSON of the catalog's types. One heavy translation unit, json.cpp, holds the templates. Any thread.
#pragma once

#include <optional>
#include <string>

#include "catalog/dto.hpp"
#include "catalog/server_event.hpp"

namespace orbit::catalog {

/// Serialises a DTO, or a vector of them. Declared for every described type of dto.hpp; instantiated in json.cpp.
template <class T>
[[nodiscard]] std::string to_json(const T& value);

/// A snapshot in two parts that are one object when the second is put behind the first: what is the same for all who
/// may see the same, and what is the asking member's own: `you` and `presence`.
[[nodiscard]] std::string shared_part(const WorkspaceSnapshotDTO& snapshot);
[[nodiscard]] std::string own_part(const WorkspaceSnapshotDTO& snapshot);

/// The payload of a hello whose presence is `roster`: JSON that was made before, in the place of the event's own.
[[nodiscard]] std::string hello_with(const Hello& hello, std::string_view roster);

/// A text frame's payload: {"type":…,"seq":…,fields…}. A durable event is given its seq; any other, nullopt.
[[nodiscard]] std::string to_json(const ServerEvent& event, std::optional<Seq> seq);

/// The wire type of the event that the variant holds.
[[nodiscard]] std::string_view type_of(const ServerEvent& event);

}  // namespace orbit::catalog
