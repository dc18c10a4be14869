// Turning what services return into responses. For this room's own .cpp files; plain functions: any thread.
#pragma once

#include "catalog/json.hpp"
#include "http/problem.hpp"

namespace orbit::http {

/// Whether the body says that it is JSON.
[[nodiscard]] inline bool is_json(const Request& request) {
  const std::string_view type = request.header("Content-Type").value_or("");
  return same_header_name(type.substr(0, type.find(';')), "application/json");
}

/// The DTO as JSON, or the error as a problem.
template <class Dto>
[[nodiscard]] Response answer_with(const kernel::Result<Dto>& result, int status = 200) {
  if (!result) return problem(result.error());
  return json_response(status, catalog::to_json(*result));
}

[[nodiscard]] inline Response answer_with(const kernel::Result<>& result) {
  return result ? no_content() : problem(result.error());
}

/// An id from the path; whatever is no id of that kind names nothing.
template <class IdType>
[[nodiscard]] kernel::Result<IdType> id_in(std::string_view text) {
  if (const auto id = IdType::parse(text)) return *id;
  return kernel::failure(kernel::ErrorKind::not_found, "not_found", "There is nothing of this id here.");
}

}  // namespace orbit::http
