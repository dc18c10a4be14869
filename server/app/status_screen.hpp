// StatusScreen: what `orbit status` shows of a node, from what the operator API answered now and a moment ago. One
// thread.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/node_control.hpp"

namespace orbit::app {

struct ScreenOptions {
  std::size_t width = 80;
  bool in_colour = false;
  std::string_view trouble = {};  // why what is shown is not of now; empty where it is
};

class StatusScreen {
 public:
  /// What GET /v1/admin/status answered. Error: invalid "status.unreadable".
  [[nodiscard]] kernel::Result<> add(std::string_view answer);

  /// Lines that end with \n. Nothing before the first answer.
  [[nodiscard]] std::string draw(const ScreenOptions& options) const;

 private:
  std::optional<http::NodeStatus> latest_;
  std::deque<http::NodeRates> history_;  // oldest first
};

/// "1,234,567".
[[nodiscard]] std::string with_commas(std::uint64_t number);
/// "0 B", "12.3 KiB".
[[nodiscard]] std::string in_bytes(double bytes);
/// "12s", "3m 4s", "5h 6m", "7d 8h".
[[nodiscard]] std::string in_time(std::chrono::milliseconds time);
/// Eight heights, the highest value the full one; as many as the newest `width` of them.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, std::size_t width);

}  // namespace orbit::app
