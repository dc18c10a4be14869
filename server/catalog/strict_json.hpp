// Strict JSON: RFC 8259 with what hostile input exploits refused: duplicate keys, deep nesting, lone surrogates,
// invalid UTF-8, numbers that no double holds, objects made to be slow, anything behind the value. Plain functions: any
// thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <string_view>

#include "kernel/error.hpp"

namespace orbit::catalog {

struct JsonLimits {
  std::size_t depth = 16;
  std::size_t keys = 1000;  // of one object
};

/// Whole numbers that neither an int64 nor a uint64 holds become doubles, as JavaScript has them. Codes:
/// "json.malformed", "json.duplicate_key", "json.too_many_keys", "json.too_deep", "json.number_out_of_range"; `fields`
/// has the place, where there is one. The caller bounds the text's size, and thereby that of strings and arrays.
[[nodiscard]] kernel::Result<boost::json::value> parse_strict_json(std::string_view text,
                                                                   const JsonLimits& limits = {});

}  // namespace orbit::catalog
