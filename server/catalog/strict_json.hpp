// Strict JSON: RFC 8259 with what hostile input exploits refused: duplicate keys, deep nesting, lone surrogates,
// invalid UTF-8, anything behind the value. Plain functions: any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <string_view>

#include "kernel/error.hpp"

namespace orbit::catalog {

/// Codes: "json.malformed", "json.duplicate_key", "json.too_deep". The caller bounds the text's size.
[[nodiscard]] kernel::Result<boost::json::value> parse_strict_json(std::string_view text, std::size_t max_depth);

}  // namespace orbit::catalog
