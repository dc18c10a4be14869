// Gzip (RFC 1952) of texts that share a beginning: the beginning is compressed once, and each text's own end behind it.
// Plain functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace orbit::http {

/// The beginning of a text, compressed as far as a byte boundary.
struct DeflatedBeginning {
  std::string bytes;         // raw deflate (RFC 1951)
  std::uint32_t crc = 0;     // of the text
  std::uint64_t length = 0;  // of the text
};

[[nodiscard]] DeflatedBeginning deflate_beginning(std::string_view text);

/// One gzip member of the beginning and the end.
[[nodiscard]] std::string gzip(const DeflatedBeginning& beginning, std::string_view end);

/// Whether Accept-Encoding takes gzip (RFC 9110, 12.5.3).
[[nodiscard]] bool accepts_gzip(const Request& request);

}  // namespace orbit::http
