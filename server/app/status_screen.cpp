#include "app/status_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>

namespace orbit::app {

namespace json = boost::json;
using http::BusyWorkspace;
using http::NodeRates;
using http::NodeStatus;

namespace {

constexpr std::size_t max_history = 120;

std::string text_of(const json::value& value) { return json::value_to<std::string>(value); }

std::size_t count_of(const json::value& value) { return value.to_number<std::size_t>(); }

NodeRates read_rates(const json::object& rates) {
  const auto rate = [&](const char* name) { return rates.at(name).to_number<double>(); };
  return {rate("framesSent"), rate("bytesSent"), rate("framesReceived"), rate("eventsPublished"),
          rate("commits"),    rate("requests"),  rate("socketsOpened")};
}

NodeStatus read_status(const json::object& object) {
  NodeStatus status;
  status.node = text_of(object.at("node"));
  status.version = text_of(object.at("version"));
  status.uptime = std::chrono::milliseconds{object.at("uptimeMs").to_number<std::int64_t>()};
  status.resident_bytes = object.at("residentBytes").to_number<std::uint64_t>();
  status.database = text_of(object.at("database"));
  status.connections = count_of(object.at("connections"));
  status.channels = count_of(object.at("channels"));
  status.rooms = count_of(object.at("rooms"));
  status.queued_bytes = object.at("queuedBytes").to_number<std::uint64_t>();
  status.commands_waiting = count_of(object.at("commandsWaiting"));
  status.rates = read_rates(object.at("rates").as_object());
  const json::object& lag = object.at("relayLag").as_object();
  status.relay_lag = {lag.at("events").to_number<std::uint64_t>(), count_of(lag.at("workspaces")),
                      count_of(lag.at("lookedAt"))};
  status.realtime_delay_ms = object.at("realtimeDelayMs").to_number<double>();
  status.backplane = text_of(object.at("backplane").at("kind"));
  status.backplane_connected = object.at("backplane").at("connected").as_bool();
  for (const json::value& peer : object.at("peers").as_array()) {
    status.peers.push_back({text_of(peer.at("name")), text_of(peer.at("incarnation"))});
  }
  for (const json::value& one : object.at("topWorkspaces").as_array()) {
    status.top_workspaces.push_back(
        {text_of(one.at("slug")), text_of(one.at("name")), count_of(one.at("sockets")), count_of(one.at("online"))});
  }
  return status;
}

// Escape sequences where there is a terminal to take them, nothing elsewhere.
struct Paint {
  bool in_colour;

  [[nodiscard]] std::string with(const char* code, const std::string& text) const {
    return in_colour ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  }
  [[nodiscard]] std::string strong(const std::string& text) const { return with("1", text); }
  [[nodiscard]] std::string dim(const std::string& text) const { return with("2", text); }
  [[nodiscard]] std::string good(const std::string& text) const { return with("32", text); }
  [[nodiscard]] std::string bad(const std::string& text) const { return with("1;31", text); }
  [[nodiscard]] std::string bar(const std::string& text) const { return with("36", text); }
};

std::string repeated(std::string_view glyph, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += glyph;
  return text;
}

// How many places it takes; every glyph that is drawn here takes one.
std::size_t places(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Names come from people: cut between code points, and without what a terminal would obey.
std::string fitted(std::string text, std::size_t width) {
  std::erase_if(text, [](unsigned char c) { return c < ' ' || c == 0x7F; });
  if (places(text) <= width) return text + std::string(width - places(text), ' ');
  std::string cut;
  std::size_t taken = 0;
  for (const char c : text) {
    if ((c & 0xC0) != 0x80 && ++taken >= width) break;
    cut += c;
  }
  return cut + "…";
}

std::string per_second(double rate) {
  if (rate >= 10'000) return fmt::format("{:.1f}k/s", rate / 1'000);
  return rate < 10 ? fmt::format("{:.1f}/s", rate) : fmt::format("{:.0f}/s", rate);
}

std::string header(const NodeStatus& status, const ScreenOptions& options, const Paint& paint) {
  const std::string about = fmt::format("{}, up {}, {} in memory", status.database, in_time(status.uptime),
                                        in_bytes(static_cast<double>(status.resident_bytes)));
  const std::string name = fitted(status.node, std::min<std::size_t>(places(status.node), 40));
  const std::string left = fmt::format(" orbit {}  {}", status.version, name);
  const std::size_t gap =
      options.width > places(left) + places(about) + 1 ? options.width - places(left) - places(about) - 1 : 2;
  const std::string dot = options.trouble.empty() ? paint.good("●") : paint.bad("●");
  std::string text = fmt::format(" {} {}  {}{}{}\n", paint.strong("orbit"), status.version, paint.strong(name),
                                 std::string(gap > 2 ? gap - 2 : 1, ' ') + dot + " ", paint.dim(about));
  return text + paint.dim(" " + repeated("─", options.width > 2 ? options.width - 2 : 0)) + "\n";
}

std::string figures(const NodeStatus& status, const Paint& paint) {
  const auto figure = [&](const char* name, const std::string& value) {
    return paint.dim(fmt::format("{:<9}", name)) + paint.strong(fmt::format("{:>11}", value));
  };
  const auto row = [](const std::string& a, const std::string& b, const std::string& c) {
    return "  " + a + "     " + b + "     " + c + "\n";
  };
  return row(figure("sockets", with_commas(status.connections)), figure("channels", with_commas(status.channels)),
             figure("rooms", with_commas(status.rooms))) +
         row(figure("new", per_second(status.rates.sockets_opened)),
             figure("waiting", in_bytes(static_cast<double>(status.queued_bytes))),
             figure("commands", with_commas(status.commands_waiting)));
}

std::string health(const NodeStatus& status, const Paint& paint) {
  std::string lag = status.relay_lag.events == 0
                        ? "up to date"
                        : fmt::format("{} events behind, in {} of {} workspaces", with_commas(status.relay_lag.events),
                                      status.relay_lag.workspaces, status.relay_lag.looked_at);
  lag = status.relay_lag.events == 0 ? paint.good(lag) : paint.bad(lag);
  const std::string delay = fmt::format("{:.1f} ms", status.realtime_delay_ms);
  std::string text = "  " + paint.dim("relay      ") + lag + "\n";
  text += "  " + paint.dim("realtime   ") + (status.realtime_delay_ms < 50 ? paint.good(delay) : paint.bad(delay)) +
          paint.dim(" to be heard") + "\n";
  std::string nodes =
      "  " + paint.dim("nodes      ") + paint.good("●") + " " + paint.strong(fitted(status.node, places(status.node)));
  for (const http::PeerStatus& peer : status.peers) {
    const std::string name = peer.name.empty() ? peer.incarnation : peer.name;
    nodes += "   " + paint.good("●") + " " + fitted(name, places(name));
  }
  if (status.backplane == "none") {
    nodes += paint.dim("   no backplane: this node alone");
  } else {
    nodes += "   " + (status.backplane_connected ? paint.dim("over " + status.backplane)
                                                 : paint.bad(status.backplane + " is out of reach"));
  }
  return text + nodes + "\n";
}

std::string workspaces(const NodeStatus& status, const ScreenOptions& options, const Paint& paint) {
  if (status.top_workspaces.empty()) return paint.dim("  nobody has a tab open here") + "\n";
  constexpr std::size_t name_width = 20;
  const std::size_t bar_width = options.width > 60 ? options.width - 50 : 10;
  std::string text = paint.dim(fmt::format("  {}{:>9}  {}{:>9}", fitted("workspace", name_width), "sockets",
                                           std::string(bar_width + 2, ' '), "online")) +
                     "\n";
  const double most = static_cast<double>(status.top_workspaces.front().sockets);
  for (const BusyWorkspace& workspace : status.top_workspaces) {
    const double share = most > 0 ? static_cast<double>(workspace.sockets) / most : 0;
    const std::size_t filled =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(share * static_cast<double>(bar_width))));
    text += fmt::format("  {}{:>9}  {}{}{:>9}\n", fitted(workspace.slug, name_width), with_commas(workspace.sockets),
                        paint.bar(repeated("█", filled)), std::string(bar_width + 2 - filled, ' '),
                        with_commas(workspace.online));
  }
  return text;
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string in_bytes(double bytes) {
  if (bytes < 1024) return fmt::format("{:.0f} B", bytes);
  for (const char* unit : {"KiB", "MiB"}) {
    bytes /= 1024;
    if (bytes < 1024) return fmt::format("{:.1f} {}", bytes, unit);
  }
  return fmt::format("{:.1f} GiB", bytes / 1024);
}

std::string in_time(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3'600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h {}m", seconds / 3'600, seconds / 60 % 60);
  return fmt::format("{}d {}h", seconds / 86'400, seconds / 3'600 % 24);
}

std::string sparkline(const std::vector<double>& values, std::size_t width) {
  constexpr std::array heights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t first = values.size() > width ? values.size() - width : 0;
  double most = 0;
  for (std::size_t i = first; i < values.size(); ++i) most = std::max(most, values[i]);
  std::string line;
  for (std::size_t i = first; i < values.size(); ++i) {
    const double share = most > 0 ? std::max(0.0, values[i]) / most : 0;
    line += heights[static_cast<std::size_t>(std::lround(share * (heights.size() - 1)))];
  }
  return line;
}

kernel::Result<> StatusScreen::add(std::string_view answer) try {
  latest_ = read_status(json::parse(answer).as_object());
  history_.push_back(latest_->rates);
  if (history_.size() > max_history) history_.pop_front();
  return {};
} catch (const std::exception&) {  // of a member that is missing, or of another kind
  return kernel::failure(kernel::ErrorKind::invalid, "status.unreadable",
                         "What answered is no operator API of this version of orbit.");
}

std::string StatusScreen::draw(const ScreenOptions& options) const {
  if (!latest_) return {};
  const Paint paint{options.in_colour};
  const std::size_t line_width = options.width > 40 ? options.width - 34 : 6;
  std::string text = header(*latest_, options, paint) + "\n" + figures(*latest_, paint) + "\n";
  const auto rate = [&](const char* name, double NodeRates::* which, const std::string& value) {
    std::vector<double> values;
    for (const NodeRates& rates : history_) values.push_back(rates.*which);
    text += "  " + paint.dim(fmt::format("{:<13}", name)) + paint.strong(fmt::format("{:>13}", value)) +
            (values.size() > 1 ? "  " + paint.bar(sparkline(values, line_width)) : "") + "\n";
  };
  const NodeRates& now = latest_->rates;
  rate("frames out", &NodeRates::frames_sent, per_second(now.frames_sent));
  rate("bytes out", &NodeRates::bytes_sent, in_bytes(now.bytes_sent) + "/s");
  rate("frames in", &NodeRates::frames_received, per_second(now.frames_received));
  rate("events", &NodeRates::events_published, per_second(now.events_published));
  rate("commits", &NodeRates::commits, per_second(now.commits));
  rate("requests", &NodeRates::requests, per_second(now.requests));
  text += "\n" + health(*latest_, paint) + "\n" + workspaces(*latest_, options, paint);
  if (!options.trouble.empty())
    text += "\n  " + paint.bad(fitted(std::string(options.trouble), options.width - 3)) + "\n";
  return text;
}

}  // namespace orbit::app
