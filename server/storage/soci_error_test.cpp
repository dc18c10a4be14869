#include "storage/soci_error.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "storage/sql.hpp"
#include "storage/sqlite_session.hpp"
#include "storage/testing/test_database.hpp"

namespace orbit::storage {
namespace {

class SqliteErrorTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return database_.url().substr(std::string("sqlite:").size()); }

  static std::string code_of(SqliteSession& session, const std::string& sql) {
    try {
      execute(session, sql);
      return "";
    } catch (const soci::soci_error& error) {
      return to_error(error).code;
    }
  }

  const TestDatabase database_;
};

TEST_F(SqliteErrorTest, TellsADatabaseThatCanOnlyBeReadFromOneThatIsBusy) {
  SqliteSession session(path(), Durability::full), other(path(), Durability::full);
  ASSERT_EQ(code_of(session, "CREATE TABLE things (name TEXT UNIQUE)"), "");
  ASSERT_EQ(code_of(session, "INSERT INTO things VALUES ('one')"), "");
  EXPECT_EQ(code_of(session, "INSERT INTO things VALUES ('one')"), "database.conflict");
  ASSERT_EQ(code_of(session, "PRAGMA query_only = ON"), "");
  EXPECT_EQ(code_of(session, "INSERT INTO things VALUES ('two')"), "database.read_only");
  ASSERT_EQ(code_of(session, "PRAGMA query_only = OFF"), "");
  ASSERT_EQ(code_of(session, "PRAGMA busy_timeout = 1"), "");
  other.begin_write();
  EXPECT_EQ(code_of(session, "INSERT INTO things VALUES ('two')"), "database.busy");
  other.roll_back();
  EXPECT_EQ(code_of(session, "INSERT INTO things VALUES ('two')"), "");
}

TEST_F(SqliteErrorTest, SaysThatTheDiskIsFull) {
  SqliteSession session(path(), Durability::full);
  ASSERT_EQ(code_of(session, "CREATE TABLE things (name TEXT)"), "");
  ASSERT_EQ(code_of(session, "PRAGMA max_page_count = 2"), "");
  EXPECT_EQ(code_of(session, "INSERT INTO things VALUES (zeroblob(100000))"), "database.full");
}

TEST_F(SqliteErrorTest, SaysThatAFileIsDamaged) {
  {
    SqliteSession session(path(), Durability::full);
    ASSERT_EQ(code_of(session, "CREATE TABLE things (name TEXT)"), "");
    ASSERT_EQ(code_of(session, "INSERT INTO things VALUES (zeroblob(100000))"), "");
  }
  std::fstream file(path(), std::ios::in | std::ios::out);
  file.seekp(4096).write(std::string(4096, 'x').data(), 4096);
  file.close();
  SqliteSession session(path(), Durability::full);
  EXPECT_EQ(code_of(session, "INSERT INTO things VALUES ('one')"), "database.damaged");
}

}  // namespace
}  // namespace orbit::storage
