#include "storage/database.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <filesystem>

#include "storage/billing_repositories.hpp"
#include "storage/event_log_rows.hpp"
#include "storage/identity_repositories.hpp"
#include "storage/migrations.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"
#include "storage/soci_unit_of_work.hpp"
#include "storage/sql.hpp"
#include "storage/workspace_repositories.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

std::unique_ptr<DatabaseSession> open_sqlite(const std::filesystem::path& path, Durability durability) {
  auto opened = std::make_unique<DatabaseSession>(soci::sqlite3, "db=\"" + path.string() + "\" timeout=5");
  soci::session& session = opened->soci();
  // WAL lets readers go on beside the writer; FULL syncs at each commit, so that what was answered survives power loss;
  // NORMAL syncs at checkpoints only.
  session << "PRAGMA journal_mode = WAL";
  session << (durability == Durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  session << "PRAGMA foreign_keys = ON";
  session << "PRAGMA cache_size = -16000";
  session << "SELECT count(*) FROM sqlite_master";
  return opened;
}

SessionPool::Metrics pool_metrics(kernel::MetricsRegistry& metrics, const char* pool) {
  return {metrics.counter("orbit_database_waits_total", "Transactions that waited for a session", {{"pool", pool}}),
          metrics.counter("orbit_database_timeouts_total", "Transactions that waited in vain", {{"pool", pool}})};
}

SociUnitOfWork::Metrics unit_of_work_metrics(kernel::MetricsRegistry& metrics) {
  return {metrics.counter("orbit_database_failures_total", "Transactions that failed in the database"),
          metrics.counter("orbit_database_transactions_total", "Transactions that were to write"),
          metrics.counter("orbit_database_commits_total", "Commits; those who wait at the same time share one"),
          pool_metrics(metrics, "writer").timeouts};
}

}  // namespace

struct Database::Parts {
  Parts(const std::filesystem::path& path, const DatabaseOptions& options, const kernel::Clock& with_clock,
        kernel::MetricsRegistry& metrics)
      : clock(with_clock),
        durability(options.durability),
        writers(
            1, [&] { return open_sqlite(path, options.durability); }, options.patience,
            pool_metrics(metrics, "writer")),
        readers(
            options.readers, [&] { return open_sqlite(path, options.durability); }, options.patience,
            pool_metrics(metrics, "reader")),
        unit_of_work(writers, readers, options.patience, unit_of_work_metrics(metrics)) {}

  const kernel::Clock& clock;
  const Durability durability;
  SessionPool writers;
  SessionPool readers;
  SociUnitOfWork unit_of_work;
  SociEventLog event_log;
  SociUserRepository users;
  SociSessionRepository sessions;
  SociWorkspaceRepository workspaces;
  SociRoleRepository roles;
  SociMemberRepository members;
  SociInviteRepository invites;
  SociTeamRepository teams;
  SociSubscriptionRepository subscriptions;
  SociStripeEventRepository stripe_events;
};

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(std::string_view url, const DatabaseOptions& options,
                                                 const kernel::Clock& clock, kernel::MetricsRegistry& metrics) {
  if (!url.starts_with(sqlite_scheme) || url.size() == sqlite_scheme.size()) {
    return failure(ErrorKind::invalid, "database.bad_url",
                   "The database must be given as sqlite:PATH, not \"" + std::string(url) + "\".");
  }
  const std::filesystem::path path(url.substr(sqlite_scheme.size()));
  std::error_code ignored;  // what is missing shows when the file is opened
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  try {
    return std::unique_ptr<Database>(new Database(std::make_unique<Parts>(path, options, clock, metrics)));
  } catch (const soci::soci_error& error) {
    return failure(ErrorKind::unavailable, "database.cannot_open",
                   "The database " + path.string() + " can't be opened: " + error.what());
  }
}

bool Database::exists(std::string_view url) {
  std::error_code unreadable;
  return url.starts_with(sqlite_scheme) && std::filesystem::exists(url.substr(sqlite_scheme.size()), unreadable);
}

Result<std::vector<std::string>> Database::migrate() {
  const auto lease = parts_->writers.lend();
  if (!lease) return failure(ErrorKind::unavailable, "database.busy", "The database is busy.");
  try {
    return storage::migrate(lease->session(), built_in_migrations(), parts_->clock);
  } catch (const soci::soci_error& error) {
    return failure(ErrorKind::unavailable, "database.cannot_migrate",
                   std::string("The database can't be brought up to date: ") + error.what());
  }
}

namespace {

constexpr const char* epoch_row = "epoch";
constexpr const char* boot_row = "served_on_boot";
constexpr const char* durability_row = "served_with_durability";

std::string meta(DatabaseSession& session, const std::string& name) {
  const auto row = select_one<std::string>(session, "SELECT content FROM meta WHERE name = :name", name);
  return row ? std::get<0>(*row) : "";
}

void set_meta(DatabaseSession& session, const std::string& name, const std::string& content) {
  execute(session,
          "INSERT INTO meta (name, content) VALUES (:name, :content) "
          "ON CONFLICT (name) DO UPDATE SET content = excluded.content",
          name, content);
}

}  // namespace

Result<std::string> Database::renew_epoch() {
  return parts_->unit_of_work.run([&](kernel::WriteContext& context) -> Result<std::string> {
    auto epoch = kernel::to_string(kernel::new_uuid(parts_->clock));
    set_meta(session_of(context), epoch_row, epoch);
    return epoch;
  });
}

Result<bool> Database::begin_serving(const std::string& boot_id) {
  auto renewed = note_serving(boot_id);
  if (renewed && parts_->durability == Durability::normal) {
    // The note itself must outlive a power cut.
    const auto lease = parts_->writers.lend();
    if (!lease) return failure(ErrorKind::unavailable, "database.busy", "The database is busy.");
    lease->session().soci() << "PRAGMA wal_checkpoint(FULL)";
  }
  return renewed;
}

Result<bool> Database::note_serving(const std::string& boot_id) {
  return parts_->unit_of_work.run([&](kernel::WriteContext& context) -> Result<bool> {
    DatabaseSession& session = session_of(context);
    const std::string normal = "normal";
    const bool may_have_lost = meta(session, durability_row) == normal && meta(session, boot_row) != boot_id;
    if (may_have_lost) set_meta(session, epoch_row, kernel::to_string(kernel::new_uuid(parts_->clock)));
    set_meta(session, boot_row, boot_id);
    set_meta(session, durability_row, parts_->durability == Durability::normal ? normal : "full");
    return may_have_lost;
  });
}

Result<bool> Database::is_empty() {
  return parts_->unit_of_work.read([](const kernel::ReadContext& context) -> Result<bool> {
    return !select_one<std::string>(session_of(context), "SELECT id FROM users LIMIT 1").has_value();
  });
}

kernel::UnitOfWork& Database::unit_of_work() { return parts_->unit_of_work; }
const kernel::EventLog& Database::event_log() const { return parts_->event_log; }
const kernel::LogTrimming& Database::log_trimming() const { return parts_->event_log; }
const identity::SessionRepository& Database::sessions() const { return parts_->sessions; }
workspaces::Repositories Database::workspaces() const {
  return {parts_->users, parts_->workspaces, parts_->roles, parts_->members, parts_->invites, parts_->teams};
}
const billing::SubscriptionRepository& Database::subscriptions() const { return parts_->subscriptions; }
const billing::StripeEventRepository& Database::stripe_events() const { return parts_->stripe_events; }

bool Database::is_shared() const { return false; }

void Database::set_commit_listener(kernel::CommitListener* listener) {
  parts_->unit_of_work.set_commit_listener(listener);
}

}  // namespace orbit::storage
