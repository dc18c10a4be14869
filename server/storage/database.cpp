#include "storage/database.hpp"

#include "storage/billing_repositories.hpp"
#include "storage/database_engine.hpp"
#include "storage/event_log_rows.hpp"
#include "storage/identity_repositories.hpp"
#include "storage/migrations.hpp"
#include "storage/operator_key_repository.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"
#include "storage/sql.hpp"
#include "storage/workspace_repositories.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

struct Database::Parts {
  const kernel::Clock& clock;
  const Durability durability;
  DatabaseEngine engine;
  SociEventLog event_log{};
  SociUserRepository users{};
  SociSessionRepository sessions{};
  SociOperatorKeyRepository operator_keys{};
  SociWorkspaceRepository workspaces{};
  SociRoleRepository roles{};
  SociMemberRepository members{};
  SociInviteRepository invites{};
  SociTeamRepository teams{};
  SociSubscriptionRepository subscriptions{};
  SociStripeEventRepository stripe_events{};
};

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(std::string_view url, const DatabaseOptions& options,
                                                 const kernel::Clock& clock, kernel::MetricsRegistry& metrics) {
  const auto parsed = parse_database_url(url);
  if (!parsed) return std::unexpected(parsed.error());
  auto engine = std::visit([&](const auto& of_kind) { return open_engine(of_kind, options, metrics); }, *parsed);
  if (!engine) return std::unexpected(engine.error());
  return std::unique_ptr<Database>(new Database(std::unique_ptr<Parts>(
      new Parts{.clock = clock, .durability = options.durability, .engine = *std::move(engine)})));
}

bool Database::exists(std::string_view url) {
  const auto parsed = parse_database_url(url);
  if (!parsed) return true;
  const auto* file = std::get_if<SqliteUrl>(&*parsed);
  std::error_code unreadable;
  return file == nullptr || std::filesystem::exists(file->path, unreadable);
}

Result<std::vector<std::string>> Database::migrate() {
  const auto lease = parts_->engine.writers->lend();
  if (!lease) return std::unexpected(lease.error());
  try {
    return storage::migrate(lease->session(), built_in_migrations(parts_->engine.kind), parts_->clock);
  } catch (const soci::soci_error& error) {
    return failure(ErrorKind::unavailable, "database.cannot_migrate",
                   std::string("The database can't be brought up to date: ") + error.what());
  }
}

Result<> Database::run_alone(const std::function<Result<>()>& work) {
  if (!is_shared()) return work();
  const auto lease = parts_->engine.writers->lend();
  if (!lease) return std::unexpected(lease.error());
  DatabaseSession& session = lease->session();
  try {
    session.begin_alone();
  } catch (const soci::soci_error& error) {
    session.roll_back();
    return std::unexpected(to_error(error));
  }
  auto outcome = work();
  session.roll_back();  // it was only to wait for
  return outcome;
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
  return parts_->engine.unit_of_work->run([&](kernel::WriteContext& context) -> Result<std::string> {
    auto epoch = kernel::to_string(kernel::new_uuid(parts_->clock));
    set_meta(session_of(context), epoch_row, epoch);
    return epoch;
  });
}

Result<bool> Database::begin_serving(const std::string& boot_id) {
  if (is_shared()) return false;
  auto renewed = note_serving(boot_id);
  if (renewed && parts_->durability == Durability::normal) {
    // The note itself must outlive a power cut.
    const auto lease = parts_->engine.writers->lend();
    if (!lease) return std::unexpected(lease.error());
    lease->session().soci() << "PRAGMA wal_checkpoint(FULL)";
  }
  return renewed;
}

Result<bool> Database::note_serving(const std::string& boot_id) {
  return parts_->engine.unit_of_work->run([&](kernel::WriteContext& context) -> Result<bool> {
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
  return parts_->engine.unit_of_work->read([](const kernel::ReadContext& context) -> Result<bool> {
    return !select_one<std::string>(session_of(context), "SELECT id FROM users LIMIT 1").has_value();
  });
}

kernel::UnitOfWork& Database::unit_of_work() { return *parts_->engine.unit_of_work; }
const kernel::EventLog& Database::event_log() const { return parts_->event_log; }
const kernel::LogTrimming& Database::log_trimming() const { return parts_->event_log; }
const identity::SessionRepository& Database::sessions() const { return parts_->sessions; }
const identity::OperatorKeyRepository& Database::operator_keys() const { return parts_->operator_keys; }
workspaces::Repositories Database::workspaces() const {
  return {parts_->users, parts_->workspaces, parts_->roles, parts_->members, parts_->invites, parts_->teams};
}
const billing::SubscriptionRepository& Database::subscriptions() const { return parts_->subscriptions; }
const billing::StripeEventRepository& Database::stripe_events() const { return parts_->stripe_events; }

bool Database::is_shared() const { return parts_->engine.kind == DatabaseSession::Kind::postgresql; }

void Database::set_commit_listener(kernel::CommitListener* listener) {
  parts_->engine.unit_of_work->set_commit_listener(listener);
}

}  // namespace orbit::storage
