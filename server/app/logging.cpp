#include "app/logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "kernel/clock.hpp"

namespace orbit::app {

std::string json_log_line(std::string_view time, std::string_view level, std::string_view message) {
  return boost::json::serialize(boost::json::object{{"time", time}, {"level", level}, {"message", message}});
}

namespace {

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const kernel::Timestamp time{std::chrono::floor<std::chrono::milliseconds>(message.time.time_since_epoch())};
    const std::string line = json_log_line(kernel::to_iso8601(time), {level.data(), level.size()},
                                           {message.payload.data(), message.payload.size()}) +
                             "\n";
    out.append(line.data(), line.data() + line.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

void set_up_logging(LogFormat format, const std::string& level) {
  auto logger = spdlog::stderr_color_mt("orbit");
  const bool human = format == LogFormat::human || (format == LogFormat::automatic && isatty(STDERR_FILENO) != 0);
  if (human) {
    logger->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
  } else {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  }
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace orbit::app
