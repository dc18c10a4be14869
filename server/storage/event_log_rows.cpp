#include "storage/event_log_rows.hpp"

#include <boost/json.hpp>

#include "storage/soci_context.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

namespace json = boost::json;
using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Seq;
using kernel::Timestamp;
using kernel::WorkspaceId;

namespace {

// In SQL, by the database's clock.
constexpr std::string_view today = "CAST(floor(extract(epoch FROM clock_timestamp()) / 86400) AS BIGINT)";

std::string ids_to_json(const DomainEvent& event) {
  json::object object;
  for (const auto& [name, id] : event.ids) object[name] = id;
  return json::serialize(object);
}

std::vector<std::pair<std::string, std::string>> ids_from_json(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> ids;
  const json::value object = json::parse(text);
  for (const auto& [name, id] : object.as_object()) ids.emplace_back(name, id.as_string());
  return ids;
}

}  // namespace

Reserved reserve_seqs(DatabaseSession& session, WorkspaceId workspace, Seq count) {
  if (session.kind() == DatabaseSession::Kind::sqlite) {
    const auto head =
        select_one<Seq>(session,
                        "INSERT INTO streams (workspace_id, seq, published_seq) VALUES (:workspace, :count, 0) "
                        "ON CONFLICT (workspace_id) DO UPDATE SET seq = streams.seq + excluded.seq RETURNING seq",
                        workspace, count);
    return {std::get<0>(head.value()) - count + 1, 0};
  }
  const auto row = select_one<Seq, long long>(
      session,
      "INSERT INTO streams (workspace_id, seq, published_seq, log_day) VALUES (:workspace, :count, :published, " +
          std::string(today) +
          ") ON CONFLICT (workspace_id) DO UPDATE SET seq = streams.seq + excluded.seq, "
          "published_seq = streams.seq + excluded.seq, log_day = greatest(streams.log_day, excluded.log_day) "
          "RETURNING seq, log_day",
      workspace, count, count);
  const auto& [head, day] = row.value();
  return {head - count + 1, day};
}

void insert_event(DatabaseSession& session, const DomainEvent& event, long long day) {
  if (session.kind() == DatabaseSession::Kind::sqlite) {
    execute(session,
            "INSERT INTO event_log (workspace_id, seq, type, ids, occurred_at) "
            "VALUES (:workspace, :seq, :type, :ids, :occurred_at)",
            event.workspace_id, event.seq, event.type, ids_to_json(event), event.occurred_at);
  } else {
    execute(session,
            "INSERT INTO event_log (workspace_id, seq, type, ids, occurred_at, log_day) "
            "VALUES (:workspace, :seq, :type, :ids, :occurred_at, :day)",
            event.workspace_id, event.seq, event.type, ids_to_json(event), event.occurred_at, day);
  }
}

std::string SociEventLog::epoch(const ReadContext& context) const {
  const auto row =
      select_one<std::string>(session_of(context), "SELECT content FROM meta WHERE name = :name", std::string("epoch"));
  return std::get<0>(row.value());
}

Seq SociEventLog::head(const ReadContext& context, WorkspaceId workspace) const {
  const auto row =
      select_one<Seq>(session_of(context), "SELECT seq FROM streams WHERE workspace_id = :workspace", workspace);
  return row ? std::get<0>(*row) : 0;
}

std::vector<std::pair<WorkspaceId, Seq>> SociEventLog::heads(const ReadContext& context,
                                                             std::span<const WorkspaceId> workspaces) const {
  DatabaseSession& session = session_of(context);
  std::vector<std::pair<WorkspaceId, Seq>> heads;
  for (const auto& [workspace, head] : select<WorkspaceId, Seq>(
           session, "SELECT workspace_id, seq FROM streams WHERE workspace_id IN " + listed_ids(session),
           to_list(workspaces))) {
    heads.emplace_back(workspace, head);
  }
  return heads;
}

// Only the oldest are ever trimmed, so the first that is left tells.
Seq SociEventLog::trimmed_seq(const ReadContext& context, WorkspaceId workspace) const {
  const auto oldest = select_one<Seq>(
      session_of(context), "SELECT seq FROM event_log WHERE workspace_id = :workspace ORDER BY seq LIMIT 1", workspace);
  return oldest ? std::get<0>(*oldest) - 1 : head(context, workspace);
}

std::vector<DomainEvent> SociEventLog::events_after(const ReadContext& context, WorkspaceId workspace, Seq after,
                                                    std::size_t limit) const {
  std::vector<DomainEvent> events;
  for (auto& [seq, type, ids, occurred_at] : select<Seq, std::string, std::string, Timestamp>(
           session_of(context),
           "SELECT seq, type, ids, occurred_at FROM event_log WHERE workspace_id = :workspace AND seq > :after "
           "ORDER BY seq LIMIT :limit",
           workspace, after, static_cast<Seq>(limit))) {
    events.push_back({std::move(type), workspace, ids_from_json(ids), occurred_at, seq});
  }
  return events;
}

Seq SociEventLog::published_seq(const ReadContext& context, WorkspaceId workspace) const {
  const auto row = select_one<Seq>(session_of(context),
                                   "SELECT published_seq FROM streams WHERE workspace_id = :workspace", workspace);
  return row ? std::get<0>(*row) : 0;
}

void SociEventLog::note_published(kernel::WriteContext& context, WorkspaceId workspace, Seq seq) const {
  execute(session_of(context),
          "UPDATE streams SET published_seq = :seq WHERE workspace_id = :workspace AND published_seq < :seq_again", seq,
          workspace, seq);
}

std::vector<WorkspaceId> SociEventLog::workspaces_after(const ReadContext& context, WorkspaceId after,
                                                        std::size_t limit) const {
  std::vector<WorkspaceId> workspaces;
  for (const auto& [workspace] : select<WorkspaceId>(
           session_of(context),
           "SELECT workspace_id FROM streams WHERE workspace_id > :after ORDER BY workspace_id LIMIT :limit", after,
           static_cast<Seq>(limit))) {
    workspaces.push_back(workspace);
  }
  return workspaces;
}

// By the first event that must stay, so that a clock that was set back trims less, never from the middle. On PostgreSQL
// what is too old goes by whole days.
Seq SociEventLog::trimmable_seq(const ReadContext& context, WorkspaceId workspace,
                                const kernel::Retention& retention) const {
  DatabaseSession& session = session_of(context);
  const bool goes_by_age = session.kind() == DatabaseSession::Kind::sqlite;
  const Seq newest = head(context, workspace);
  const Seq published = published_seq(context, workspace);
  const auto oldest = [&](std::size_t count) {
    return select<Seq, Timestamp>(session,
                                  "SELECT seq, occurred_at FROM event_log WHERE workspace_id = :workspace "
                                  "ORDER BY seq LIMIT :count",
                                  workspace, static_cast<Seq>(count));
  };
  const auto may_go = [&](const auto& event) {
    const auto& [seq, occurred_at] = event;
    const bool too_old = goes_by_age && occurred_at < retention.before;
    return seq <= published && (newest - seq >= retention.keep || too_old);
  };
  const auto first = oldest(1);
  if (first.empty() || !may_go(first.front())) return 0;
  Seq until = 0;
  for (const auto& event : oldest(retention.batch)) {
    if (!may_go(event)) break;
    until = std::get<0>(event);
  }
  return until;
}

std::size_t SociEventLog::trim(kernel::WriteContext& context, WorkspaceId workspace, Seq until) const {
  DatabaseSession& session = session_of(context);
  const auto trimmed =
      execute(session, "DELETE FROM event_log WHERE workspace_id = :workspace AND seq <= :until", workspace, until);
  execute(session,
          "DELETE FROM streams WHERE workspace_id = :workspace "
          "AND NOT EXISTS (SELECT 1 FROM event_log WHERE event_log.workspace_id = streams.workspace_id) "
          "AND NOT EXISTS (SELECT 1 FROM workspaces WHERE workspaces.id = streams.workspace_id)",
          workspace);
  return static_cast<std::size_t>(trimmed);
}

std::vector<WorkspaceId> SociEventLog::unpublished_workspaces(const ReadContext& context, std::size_t limit) const {
  std::vector<WorkspaceId> workspaces;
  for (const auto& [workspace] : select<WorkspaceId>(
           session_of(context), "SELECT workspace_id FROM streams WHERE published_seq < seq LIMIT :limit",
           static_cast<Seq>(limit))) {
    workspaces.push_back(workspace);
  }
  return workspaces;
}

}  // namespace orbit::storage
