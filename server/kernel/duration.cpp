#include "kernel/duration.hpp"

#include <charconv>
#include <cstdint>

namespace orbit::kernel {

using std::chrono::milliseconds;

std::optional<milliseconds> parse_duration(const std::string& text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0 || count > 1'000'000'000) return std::nullopt;
  const std::string unit(end, text.data() + text.size());
  if (unit == "ms") return milliseconds{count};
  if (unit == "s") return std::chrono::seconds{count};
  if (unit == "m") return std::chrono::minutes{count};
  if (unit == "h") return std::chrono::hours{count};
  return std::nullopt;
}

}  // namespace orbit::kernel
