#include "app/password.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

namespace orbit::app {
namespace {

class PasswordTest : public testing::Test {
 protected:
  PasswordTest() : input_(std::cin.rdbuf(typed_.rdbuf())) { unsetenv("ORBIT_PASSWORD"); }
  ~PasswordTest() override {
    std::cin.rdbuf(input_);
    std::cin.clear();
    unsetenv("ORBIT_PASSWORD");
  }

  std::stringstream typed_;
  std::streambuf* input_;
};

TEST_F(PasswordTest, IsTheFirstLineOfStandardInputWhereTheFlagSaysSo) {
  setenv("ORBIT_PASSWORD", "from the variable", 1);
  typed_ << "from a pipe\nand more\n";
  EXPECT_EQ(read_password(true), "from a pipe");
}

TEST_F(PasswordTest, IsThatOfTheVariableOtherwise) {
  setenv("ORBIT_PASSWORD", "from the variable", 1);
  typed_ << "from a pipe\n";
  EXPECT_EQ(read_password(false), "from the variable");
}

TEST_F(PasswordTest, AnEmptyStandardInputIsAnError) {
  const auto password = read_password(true);
  ASSERT_FALSE(password.has_value());
  EXPECT_EQ(password.error().code, "password.missing");
}

TEST_F(PasswordTest, IsAskedForOnATerminalWithoutShowingIt) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(child, 0);
  if (child == 0) _exit(read_password(false) == "unseen" ? 0 : 1);

  std::string shown;
  char piece[256];
  const auto read_more = [&] {
    const ssize_t bytes = read(terminal, piece, sizeof piece);
    if (bytes > 0) shown.append(piece, static_cast<std::size_t>(bytes));
    return bytes > 0;
  };
  while (shown.find("Password: ") == std::string::npos && read_more()) {
  }
  ASSERT_EQ(write(terminal, "unseen\n", 7), 7);
  while (read_more()) {
  }
  int status = -1;
  waitpid(child, &status, 0);
  close(terminal);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(shown.find("unseen"), std::string::npos) << shown;
}

}  // namespace
}  // namespace orbit::app
