#include "service/log.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

std::vector<std::string> seen;

void remember(const LogRecord& record) {
  std::string line(record.event);
  for (const auto& field : record.fields) line += " " + std::string(field.name);
  seen.push_back(line);
}

struct LogTest : ::testing::Test {
  LogTest() { seen.clear(); }
  ~LogTest() override { set_log(nullptr, LogLevel::off); }
};

TEST_F(LogTest, events_below_the_threshold_go_nowhere) {
  set_log(remember, LogLevel::warn);
  log_event(LogLevel::info, "quiet");
  log_event(LogLevel::warn, "loud", {{"a", 1}, {"b", "text"}});
  log_event(LogLevel::error, "louder");
  EXPECT_EQ(seen, (std::vector<std::string>{"loud a b", "louder"}));
  EXPECT_FALSE(is_logged(LogLevel::info));
  EXPECT_TRUE(is_logged(LogLevel::error));
}

TEST_F(LogTest, nothing_is_logged_when_it_is_off) {
  set_log(remember, LogLevel::off);
  log_event(LogLevel::error, "unheard");
  log_event(LogLevel::off, "nonsense");
  EXPECT_TRUE(seen.empty());
}

TEST_F(LogTest, levels_are_known_by_name) {
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error, LogLevel::off}) {
    EXPECT_EQ(parse_log_level(name(level)), level);
  }
  EXPECT_EQ(parse_log_level("loud"), std::nullopt);
}

}  // namespace
}  // namespace nexus::service
