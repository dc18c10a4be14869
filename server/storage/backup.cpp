#include "storage/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "kernel/id.hpp"
#include "storage/database_url.hpp"
#include "storage/migrations.hpp"
#include "storage/serving_lock.hpp"
#include "storage/sqlite_file.hpp"

namespace orbit::storage {

namespace fs = std::filesystem;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

constexpr const char* backup_files[] = {"", "-wal", "-shm", "-journal"};

std::unexpected<kernel::Error> cannot_write(const fs::path& path) {
  const bool is_full = errno == ENOSPC || errno == EDQUOT;
  return failure(ErrorKind::unavailable, is_full ? "database.full" : "backup.cannot_write",
                 path.string() + " can't be written: " + std::strerror(errno) + ".");
}

Result<fs::path> sqlite_path(std::string_view url) {
  const auto parsed = parse_database_url(url);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto* sqlite = std::get_if<SqliteUrl>(&*parsed)) return sqlite->path;
  return failure(ErrorKind::invalid, "backup.postgresql",
                 "This is for SQLite. PostgreSQL has tools of its own: pg_dump --format=custom and pg_restore, or its "
                 "continuous archiving; after a restore, and before a node serves it again, run `orbit restore-mark`.");
}

// A file that is gone again unless it was moved to its place.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(fs::path path) : path_(std::move(path)) {}
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile() { remove_all(); }

  [[nodiscard]] const fs::path& path() const { return path_; }

  // Empty, and for its owner's eyes only from the first byte on.
  Result<> make() const {
    remove_all();
    const int descriptor = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_write(path_);
    close(descriptor);
    return {};
  }

 private:
  void remove_all() const {
    std::error_code ignored;
    for (const char* end : backup_files) fs::remove(path_.string() + end, ignored);
  }

  fs::path path_;
};

Result<> sync(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_write(path);
  const bool synced = fsync(descriptor) == 0;
  const int error = errno;
  close(descriptor);
  errno = error;
  if (!synced) return cannot_write(path);
  return {};
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

// Of a file that stands for itself: without a log beside it.
Result<> copy_whole(const fs::path& from, const UnfinishedFile& to) {
  const auto source = SqliteFile::open(from, SqliteFile::Access::read);
  if (!source) return std::unexpected(source.error());
  if (auto made = to.make(); !made) return made;
  {
    const auto copy = SqliteFile::open(to.path(), SqliteFile::Access::write);
    if (!copy) return std::unexpected(copy.error());
    // Nobody else knows the copy, and it is synced as a whole.
    if (const auto quick = copy->run("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY"); !quick) {
      return std::unexpected(quick.error());
    }
    if (auto copied = source->copy_to(*copy); !copied) return copied;
  }
  const auto copy = SqliteFile::open(to.path(), SqliteFile::Access::write);
  if (!copy) return std::unexpected(copy.error());
  if (const auto alone = copy->run("PRAGMA journal_mode = DELETE"); !alone) return std::unexpected(alone.error());
  return copy->check(true);
}

// The version of the last migration; an error where the file isn't one of ours.
Result<int> schema_version(const SqliteFile& file, const fs::path& name) {
  const auto tables =
      file.run("SELECT count(*) FROM sqlite_master WHERE name IN ('schema_migrations', 'meta', 'event_log')");
  if (!tables) return std::unexpected(tables.error());
  if (*tables != "3") {
    return failure(ErrorKind::invalid, "backup.not_orbit", name.string() + " is a database, but not one of Orbit's.");
  }
  const auto version = file.run("SELECT coalesce(max(version), 0) FROM schema_migrations");
  if (!version) return std::unexpected(version.error());
  return std::stoi(*version);
}

Result<std::string> give_new_epoch(const UnfinishedFile& copy, const fs::path& file, const kernel::Clock& clock) {
  const auto opened = SqliteFile::open(copy.path(), SqliteFile::Access::write);
  if (!opened) return std::unexpected(opened.error());
  const auto version = schema_version(*opened, file);
  if (!version) return std::unexpected(version.error());
  if (*version > built_in_migrations(DatabaseSession::Kind::sqlite).back().version) {
    return failure(ErrorKind::conflict, "database.newer",
                   file.string() + " was made by a newer orbit. Restore it with the newer program.");
  }
  auto epoch = kernel::to_string(kernel::new_uuid(clock));
  const auto renewed = opened->run("UPDATE meta SET content = '" + epoch + "' WHERE name = 'epoch'");
  if (!renewed) return std::unexpected(renewed.error());
  return epoch;
}

// Makes the database one file, without a log beside it: only possible while no other program has it open. One that is
// damaged stays as it is.
Result<> fold(const fs::path& path) {
  const auto file = SqliteFile::open(path, SqliteFile::Access::write);
  const auto folded = file ? file->run("PRAGMA journal_mode = DELETE") : std::unexpected(file.error());
  if (folded) return {};
  const std::string& code = folded.error().code;
  if (code == "database.damaged" || code == "database.not_a_database") return {};
  return std::unexpected(folded.error());
}

// The database's name never stands for nothing: the new one takes it over in the moment that the former loses it.
Result<> exchange(const fs::path& path, const fs::path& former, const fs::path& copy) {
  struct stat owner{};
  if (stat(path.c_str(), &owner) == 0) {
    if (link(path.c_str(), former.c_str()) != 0) return cannot_write(former);
    for (const char* end : {"-wal", "-journal"}) {
      const std::string from = path.string() + end;
      if (rename(from.c_str(), (former.string() + end).c_str()) != 0 && errno != ENOENT) return cannot_write(from);
    }
    unlink((path.string() + "-shm").c_str());
  } else if (stat(folder_of(path).c_str(), &owner) != 0) {
    return cannot_write(path);
  }
  // Whoever restores as root does it for the user that the node runs as.
  if (geteuid() == 0 && chown(copy.c_str(), owner.st_uid, owner.st_gid) != 0) return cannot_write(copy);
  if (rename(copy.c_str(), path.c_str()) != 0) return cannot_write(path);
  return sync(folder_of(path));
}

}  // namespace

Result<std::uintmax_t> back_up(std::string_view url, const fs::path& file) {
  const auto path = sqlite_path(url);
  if (!path) return std::unexpected(path.error());
  const auto exists = [&] {
    return failure(ErrorKind::conflict, "backup.exists", file.string() + " is there already. Give another name.");
  };
  std::error_code unreadable;
  if (fs::exists(file, unreadable)) return exists();
  const UnfinishedFile copy(file.string() + ".unfinished-" + std::to_string(getpid()));
  if (auto copied = copy_whole(*path, copy); !copied) return std::unexpected(copied.error());
  {
    const auto opened = SqliteFile::open(copy.path(), SqliteFile::Access::read);
    if (!opened) return std::unexpected(opened.error());
    if (const auto version = schema_version(*opened, *path); !version) return std::unexpected(version.error());
  }
  if (auto synced = sync(copy.path()); !synced) return std::unexpected(synced.error());
  const std::uintmax_t size = fs::file_size(copy.path(), unreadable);
  if (link(copy.path().c_str(), file.c_str()) != 0) {
    if (errno == EEXIST) return exists();
    // Not every file system has links; some backups go to such a one.
    if (rename(copy.path().c_str(), file.c_str()) != 0) return cannot_write(file);
  }
  if (auto synced = sync(folder_of(file)); !synced) return std::unexpected(synced.error());
  return size;
}

Result<Restored> restore(std::string_view url, const fs::path& file, const kernel::Clock& clock) {
  const auto path = sqlite_path(url);
  if (!path) return std::unexpected(path.error());
  const auto lock = ServingLock::take(url);
  if (!lock) return std::unexpected(lock.error());
  const UnfinishedFile copy(path->string() + ".restoring");
  if (auto copied = copy_whole(file, copy); !copied) return std::unexpected(copied.error());
  auto epoch = give_new_epoch(copy, file, clock);
  if (!epoch) return std::unexpected(epoch.error());
  if (auto synced = sync(copy.path()); !synced) return std::unexpected(synced.error());

  Restored restored{*std::move(epoch), {}};
  std::error_code unreadable;
  if (fs::exists(*path, unreadable)) {
    if (auto folded = fold(*path); !folded) return std::unexpected(folded.error());
    std::string time = kernel::to_iso8601(clock.now());
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    restored.former = path->string() + ".before-" + time;
  }
  if (auto exchanged = exchange(*path, restored.former, copy.path()); !exchanged) {
    return std::unexpected(exchanged.error());
  }
  return restored;
}

}  // namespace orbit::storage
