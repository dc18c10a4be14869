// Whether bytes are UTF-8 (RFC 3629). Plain function: any thread.
#pragma once

#include <string_view>

namespace orbit::kernel {

/// Refuses overlong forms, surrogates and what lies beyond U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace orbit::kernel
