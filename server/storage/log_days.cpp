// The event log on PostgreSQL, kept in a part (a partition) for each day, so that what is old goes at once.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "storage/event_log_rows.hpp"
#include "storage/soci_context.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

namespace {

constexpr int days_ahead = 7;
constexpr long long milliseconds_of_a_day = 24LL * 60 * 60 * 1'000;

// Only one node sees to the days at a time.
constexpr const char* take_lock = "SELECT pg_advisory_xact_lock(79876543210002)";
constexpr const char* try_lock = "SELECT CASE WHEN pg_try_advisory_xact_lock(79876543210002) THEN 1 ELSE 0 END";

std::string part_of(long long day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  std::array<char, 48> name{};
  std::snprintf(name.data(), name.size(), "event_log_%04d%02u%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return name.data();
}

// The days that have a part, oldest first.
std::vector<long long> present_days(DatabaseSession& session) {
  std::vector<long long> days;
  for (const auto& [day] :
       select<long long>(session,
                         "SELECT CAST(to_date(right(c.relname, 8), 'YYYYMMDD') - DATE '1970-01-01' AS BIGINT) AS day "
                         "FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                         "WHERE i.inhparent = CAST('event_log' AS regclass) ORDER BY day")) {
    days.push_back(day);
  }
  return days;
}

long long now_by_database(DatabaseSession& session) {
  const auto row = select_one<long long>(
      session, "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT) AS now");
  return std::get<0>(row.value());
}

// Attaching takes a weaker lock than creating it in place: those who write meanwhile don't wait.
void make_day(DatabaseSession& session, long long day) {
  const std::string part = part_of(day);
  session.soci() << "CREATE TABLE " + part + " (LIKE event_log INCLUDING ALL)";
  session.soci() << "ALTER TABLE event_log ATTACH PARTITION " + part + " FOR VALUES FROM (" + std::to_string(day) +
                        ") TO (" + std::to_string(day + 1) + ")";
}

}  // namespace

void prepare_log_days(DatabaseSession& session) {
  session.soci() << take_lock;
  const auto present = present_days(session);
  const long long today = now_by_database(session) / milliseconds_of_a_day;
  for (long long day = today; day <= today + days_ahead; ++day) {
    if (!std::ranges::binary_search(present, day)) make_day(session, day);
  }
}

bool SociEventLog::drop_expired_day(kernel::WriteContext& context, std::chrono::milliseconds keep_for) const {
  DatabaseSession& session = session_of(context);
  if (session.kind() == DatabaseSession::Kind::sqlite) return false;
  if (std::get<0>(select_one<int>(session, try_lock).value()) == 0) return false;
  // Everybody waits behind one who waits to drop a part: so not for long.
  session.soci() << "SET LOCAL lock_timeout = 100";
  prepare_log_days(session);
  const auto present = present_days(session);
  const long long end = (present.front() + 1) * milliseconds_of_a_day;
  if (end > now_by_database(session) - keep_for.count()) return false;
  session.soci() << "DROP TABLE " + part_of(present.front());
  execute(session,
          "DELETE FROM streams "
          "WHERE NOT EXISTS (SELECT 1 FROM event_log WHERE event_log.workspace_id = streams.workspace_id) "
          "AND NOT EXISTS (SELECT 1 FROM workspaces WHERE workspaces.id = streams.workspace_id)");
  spdlog::info("log: dropped {}", part_of(present.front()));
  return true;
}

}  // namespace orbit::storage
