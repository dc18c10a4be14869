// Texts of any size, to be framed and checked. Plain functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace orbit::bench {

/// The piece again and again; at most that many bytes, and only whole pieces.
inline std::string repeated(std::string_view piece, std::size_t size) {
  std::string text;
  text.reserve(size);
  while (text.size() + piece.size() <= size) text.append(piece);
  return text;
}

inline std::string ascii(std::size_t size) { return repeated("x", size); }

/// As compressible as events are: the same keys, ids that differ.
inline std::string json_like(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) {
    text += R"({"memberId":"mbr_0198c0de-5a1e-7000-8000-)" + std::to_string(100'000'000'000 + i * 7'919'000'003) +
            R"(","online":true,"status":"online"},)";
  }
  text.resize(size);
  return text;
}

}  // namespace orbit::bench
