#include "storage/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "storage/serving_lock.hpp"
#include "storage/sqlite_file.hpp"
#include "storage/testing/test_database.hpp"

namespace orbit::storage {
namespace {

namespace fs = std::filesystem;

class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    migrate();
    run("INSERT INTO users VALUES ('user_1', 'ada@acme.test', 'Ada', 'hash', 0)");
  }

  void migrate() {
    kernel::MetricsRegistry metrics;
    ASSERT_TRUE((*Database::open(database_.url(), {}, clock_, metrics))->migrate());
  }
  static std::string run_in(const fs::path& path, const std::string& sql) {
    const auto told = SqliteFile::open(path, SqliteFile::Access::write)->run(sql);
    return told ? *told : told.error().code;
  }
  std::string run(const std::string& sql) const { return run_in(path(), sql); }
  [[nodiscard]] fs::path path() const { return database_.url().substr(std::string("sqlite:").size()); }
  [[nodiscard]] fs::path beside(const char* name) const { return path().parent_path() / name; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path().parent_path()), {}));
  }
  template <class T>
  static std::string code(const kernel::Result<T>& result) {
    return result ? "" : result.error().code;
  }

  const kernel::ManualClock clock_;
  const TestDatabase database_;
};

TEST_F(BackupTest, HoldsWhatIsCommittedAndIsOneFileForItsOwnersEyesOnly) {
  const auto size = back_up(database_.url(), beside("copy"));
  ASSERT_TRUE(size) << size.error().message;
  struct stat status{};
  ASSERT_EQ(stat(beside("copy").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(static_cast<std::uintmax_t>(status.st_size), *size);
  for (const auto& entry : fs::directory_iterator(path().parent_path())) {
    EXPECT_EQ(entry.path().string().find("unfinished"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(run_in(beside("copy"), "SELECT name FROM users"), "Ada");
}

TEST_F(BackupTest, IsOneMomentWhileOthersCommit) {
  run("CREATE TABLE pairs (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
      "INSERT INTO pairs SELECT 0, 0 FROM n");
  std::atomic<bool> done = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    const auto file = SqliteFile::open(path(), SqliteFile::Access::write);
    while (!done) {
      ASSERT_TRUE(file->run("UPDATE pairs SET a = a + 1, b = b + 1 WHERE rowid % 500 = 0"));
      ++written;
    }
  });
  while (written == 0) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    const fs::path copy = beside(("copy" + std::to_string(i)).c_str());
    const int before = written;
    ASSERT_TRUE(back_up(database_.url(), copy));
    EXPECT_GT(written, before) << "the writer had to wait";
    EXPECT_EQ(run_in(copy, "SELECT count(DISTINCT a), count(*) FROM pairs WHERE rowid % 500 = 0"), "1");
    EXPECT_EQ(run_in(copy, "SELECT count(*) FROM pairs WHERE a <> b"), "0");
  }
  done = true;
  writer.join();
}

TEST_F(BackupTest, NeverReplacesAFileAndLeavesNothingBehindWhenItFails) {
  std::ofstream(beside("copy")) << "something else";
  EXPECT_EQ(code(back_up(database_.url(), beside("copy"))), "backup.exists");
  EXPECT_EQ(fs::file_size(beside("copy")), 14U);
  const std::size_t before = files();
  EXPECT_EQ(code(back_up("sqlite:" + beside("missing").string(), beside("copy2"))), "database.cannot_open");
  EXPECT_EQ(code(back_up("sqlite:" + beside("copy").string(), beside("copy2"))), "database.not_a_database");
  EXPECT_EQ(code(back_up(database_.url(), beside("no/such/folder"))), "backup.cannot_write");
  EXPECT_EQ(files(), before);
}

TEST_F(BackupTest, ARestoreBringsItBackWithAnotherEpochAndKeepsTheFormerOne) {
  ASSERT_TRUE(back_up(database_.url(), beside("copy")));
  const std::string epoch = run("SELECT content FROM meta WHERE name = 'epoch'");
  run("UPDATE users SET name = 'Grace'");
  const auto restored = restore(database_.url(), beside("copy"), clock_);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(run("SELECT name FROM users"), "Ada");
  EXPECT_EQ(run("SELECT content FROM meta WHERE name = 'epoch'"), restored->epoch);
  EXPECT_NE(restored->epoch, epoch);
  EXPECT_EQ(run_in(restored->former, "SELECT name FROM users"), "Grace");
  EXPECT_EQ(run_in(beside("copy"), "SELECT content FROM meta WHERE name = 'epoch'"), epoch)
      << "the backup stays as it is";
  migrate();
}

TEST_F(BackupTest, ARestoreMakesADatabaseWhereThereIsNone) {
  ASSERT_TRUE(back_up(database_.url(), beside("copy")));
  const auto restored = restore("sqlite:" + beside("new/orbit.db").string(), beside("copy"), clock_);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_TRUE(restored->former.empty());
  EXPECT_EQ(run_in(beside("new/orbit.db"), "SELECT name FROM users"), "Ada");
}

TEST_F(BackupTest, ARestoreRefusesWhileTheDatabaseIsServedOrOpen) {
  ASSERT_TRUE(back_up(database_.url(), beside("copy")));
  {
    const auto lock = ServingLock::take(database_.url());
    ASSERT_TRUE(lock);
    EXPECT_EQ(code(restore(database_.url(), beside("copy"), clock_)), "database.served");
  }
  const auto reader = SqliteFile::open(path(), SqliteFile::Access::read);
  ASSERT_TRUE(reader->run("PRAGMA journal_mode = WAL; BEGIN; SELECT count(*) FROM users"));
  EXPECT_EQ(code(restore(database_.url(), beside("copy"), clock_)), "database.busy");
  ASSERT_TRUE(reader->run("COMMIT"));
}

TEST_F(BackupTest, ARestoreTouchesNothingForAFileThatIsNoGoodBackup) {
  const auto refused = [&](const char* name) {
    const auto restored = restore(database_.url(), beside(name), clock_);
    EXPECT_EQ(run("SELECT name FROM users"), "Ada");
    return code(restored);
  };
  EXPECT_EQ(refused("missing"), "database.cannot_open");
  std::ofstream(beside("text")) << std::string(5'000, 'x');
  EXPECT_EQ(refused("text"), "database.not_a_database");
  std::ofstream(beside("other")) << "";
  run_in(beside("other"), "CREATE TABLE something (a)");
  EXPECT_EQ(refused("other"), "backup.not_orbit");
  ASSERT_TRUE(back_up(database_.url(), beside("newer")));
  run_in(beside("newer"), "INSERT INTO schema_migrations VALUES (9999, '9999_later', '', 0)");
  EXPECT_EQ(refused("newer"), "database.newer");
  ASSERT_TRUE(back_up(database_.url(), beside("damaged")));
  std::fstream(beside("damaged"), std::ios::in | std::ios::out)
      .seekp(4096 * 3)
      .write(std::string(4096, 'x').data(), 4096);
  EXPECT_EQ(refused("damaged"), "database.damaged");
}

TEST_F(BackupTest, ARestoreReplacesADamagedDatabase) {
  ASSERT_TRUE(back_up(database_.url(), beside("copy")));
  std::ofstream(path()) << std::string(50'000, 'x');
  const auto restored = restore(database_.url(), beside("copy"), clock_);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(run("SELECT name FROM users"), "Ada");
  EXPECT_EQ(fs::file_size(restored->former), 50'000U);
}

TEST_F(BackupTest, PostgresqlHasToolsOfItsOwn) {
  for (const auto& refused : {code(back_up("postgresql://orbit@db/orbit", beside("copy"))),
                              code(restore("postgresql://orbit@db/orbit", beside("copy"), clock_))}) {
    EXPECT_EQ(refused, "backup.postgresql");
  }
}

TEST(ServingLockTest, IsHadByOneAtATime) {
  const TestDatabase database;
  {
    const auto first = ServingLock::take(database.url());
    ASSERT_TRUE(first);
    const auto second = ServingLock::take(database.url());
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos) << second.error().message;
  }
  EXPECT_TRUE(ServingLock::take(database.url()));
}

}  // namespace
}  // namespace orbit::storage
