#include "app/logging.hpp"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>
#include <regex>

namespace orbit::app {
namespace {

// Puts the logger of the tests back.
class LoggingTest : public testing::Test {
 protected:
  ~LoggingTest() override {
    spdlog::set_default_logger(before_);
    spdlog::drop("orbit");
  }

  // What `log` writes once logging is set up so.
  template <class Log>
  std::string logged(LogFormat format, const std::string& level, Log log) {
    testing::internal::CaptureStderr();
    set_up_logging(format, level);
    log();
    spdlog::default_logger()->flush();
    return testing::internal::GetCapturedStderr();
  }

  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

TEST(JsonLogLine, EscapesWhatAMessageHolds) {
  EXPECT_EQ(json_log_line("2026-01-01T00:00:00.000Z", "info", "a \"name\"\nand \x1b[2J"),
            R"({"time":"2026-01-01T00:00:00.000Z","level":"info","message":"a \"name\"\nand \u001b[2J"})");
}

TEST_F(LoggingTest, WritesOneObjectALineInJson) {
  const std::string text = logged(LogFormat::json, "info", [] {
    spdlog::info("first\nof {}", 2);
    spdlog::error("second");
  });
  const auto end = text.find('\n');
  ASSERT_NE(end, std::string::npos);
  const auto first = boost::json::parse(text.substr(0, end)).as_object();
  const auto second = boost::json::parse(text.substr(end + 1)).as_object();
  EXPECT_EQ(first.at("message"), "first\nof 2");
  EXPECT_EQ(first.at("level"), "info");
  EXPECT_TRUE(std::regex_match(std::string(first.at("time").as_string()),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
  EXPECT_EQ(second.at("level"), "error");
}

TEST_F(LoggingTest, WritesPlainTextForPeople) {
  const std::string text = logged(LogFormat::human, "info", [] { spdlog::warn("careful"); });
  EXPECT_TRUE(std::regex_match(text, std::regex(R"(\d\d:\d\d:\d\d\.\d{3} warning careful\n)"))) << text;
}

TEST_F(LoggingTest, TakesJsonByItselfWhereThereIsNoTerminal) {
  const std::string text = logged(LogFormat::automatic, "info", [] { spdlog::info("hello"); });
  EXPECT_TRUE(text.starts_with("{")) << text;
}

TEST_F(LoggingTest, KeepsQuietBelowItsLevel) {
  const std::string text = logged(LogFormat::json, "warn", [] {
    spdlog::info("not this");
    spdlog::warn("but this");
  });
  EXPECT_EQ(text.find("not this"), std::string::npos);
  EXPECT_NE(text.find("but this"), std::string::npos);
}

TEST_F(LoggingTest, ShowsDebugWhereAskedTo) {
  EXPECT_NE(logged(LogFormat::json, "debug", [] { spdlog::debug("details"); }).find("details"), std::string::npos);
}

}  // namespace
}  // namespace orbit::app
