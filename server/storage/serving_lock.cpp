#include "storage/serving_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "storage/database_url.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

std::unexpected<kernel::Error> served(const std::filesystem::path& path, const std::filesystem::path& lock) {
  std::string process;
  std::ifstream(lock) >> process;
  return failure(ErrorKind::conflict, "database.served",
                 "The database " + path.string() + " is being served" +
                     (process.empty() ? "" : " by process " + process) + ": stop that node first.");
}

}  // namespace

Result<ServingLock> ServingLock::take(std::string_view url) {
  const auto parsed = parse_database_url(url);
  if (!parsed) return std::unexpected(parsed.error());
  const auto* sqlite = std::get_if<SqliteUrl>(&*parsed);
  if (sqlite == nullptr) return ServingLock(-1);

  std::error_code ignored;  // what is missing shows at once
  if (sqlite->path.has_parent_path()) std::filesystem::create_directories(sqlite->path.parent_path(), ignored);
  const std::filesystem::path path = sqlite->path.string() + ".lock";
  ServingLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.descriptor_ < 0) {
    return failure(ErrorKind::unavailable, "database.cannot_write",
                   "The database " + sqlite->path.string() + " can't be opened for writing: " + path.string() + ": " +
                       std::strerror(errno) + ".");
  }
  if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) return served(sqlite->path, path);
  const std::string process = std::to_string(getpid()) + "\n";
  // Only to be told to others; a full disk is no reason not to serve.
  if (ftruncate(lock.descriptor_, 0) == 0) static_cast<void>(!write(lock.descriptor_, process.data(), process.size()));
  return lock;
}

ServingLock::~ServingLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace orbit::storage
