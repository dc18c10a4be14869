// Errors as problem+json (RFC 9457). Plain functions: any thread.
#pragma once

#include "http/message.hpp"
#include "kernel/error.hpp"

namespace orbit::http {

/// The status follows from the error's kind; "json.…" errors are 400.
[[nodiscard]] Response problem(const kernel::Error& error, std::string_view request_id = {});

[[nodiscard]] Response problem(int status, std::string_view code, std::string_view detail,
                               std::string_view request_id = {});

/// For work that a node can't take on now.
[[nodiscard]] kernel::Error overloaded();

/// Tells a problem that names no request which one it answers. Other responses stay as they are.
void name_request(Response& response, std::string_view request_id);

}  // namespace orbit::http
