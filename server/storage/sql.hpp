// Typed queries over a session: values in, tuples out. For this room's own .cpp files; plain functions on the
// thread that has the session.
#pragma once

#include <soci/soci.h>

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/id.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

/// What a C++ value is in a column, and back. A column that holds what can't be read back throws std::runtime_error.
template <class T>
struct Stored;

template <>
struct Stored<std::string> {
  using Column = std::string;
  static Column write(const std::string& value) { return value; }
  static std::string read(Column column) { return column; }
};

template <>
struct Stored<long long> {
  using Column = long long;
  static Column write(long long value) { return value; }
  static long long read(Column column) { return column; }
};

template <>
struct Stored<int> {
  using Column = long long;
  static Column write(int value) { return value; }
  static int read(Column column) { return static_cast<int>(column); }
};

template <>
struct Stored<bool> {
  using Column = long long;
  static Column write(bool value) { return value ? 1 : 0; }
  static bool read(Column column) { return column != 0; }
};

template <>
struct Stored<std::uint64_t> {
  using Column = long long;
  static Column write(std::uint64_t value) { return static_cast<long long>(value); }
  static std::uint64_t read(Column column) { return static_cast<std::uint64_t>(column); }
};

template <>
struct Stored<kernel::Timestamp> {
  using Column = long long;
  static Column write(kernel::Timestamp value) { return value.time_since_epoch().count(); }
  static kernel::Timestamp read(Column column) { return kernel::Timestamp{std::chrono::milliseconds{column}}; }
};

template <class Tag>
struct Stored<kernel::Id<Tag>> {
  using Column = std::string;
  static Column write(const kernel::Id<Tag>& value) { return value.str(); }
  static kernel::Id<Tag> read(const Column& column) {
    const auto id = kernel::Id<Tag>::parse(column);
    if (!id) throw std::runtime_error("the database holds an id that can't be read: " + column);
    return *id;
  }
};

/// Any number of ids as one value, for `listed`.
template <class Tag>
[[nodiscard]] std::string to_list(std::span<const kernel::Id<Tag>> ids) {
  std::string list = "[";
  for (const auto& id : ids) list.append(list.size() > 1 ? ",\"" : "\"").append(id.str()).append("\"");
  return list + "]";
}

/// A subquery for the ids in the list that the placeholder `:ids` stands for.
[[nodiscard]] inline std::string listed_ids(const DatabaseSession& session) {
  return session.kind() == DatabaseSession::Kind::sqlite ? "(SELECT value FROM json_each(:ids))"
                                                         : "(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb)))";
}

/// One column of a row on its way in or out, with its null indicator.
template <class T>
struct Cell {
  using Value = Stored<T>;
  typename Value::Column column{};
  soci::indicator indicator = soci::i_ok;

  Cell() = default;
  explicit Cell(const T& value) : column(Value::write(value)) {}
  [[nodiscard]] T read() const { return Value::read(column); }
};

template <class T>
struct Cell<std::optional<T>> {
  using Value = Stored<T>;
  typename Value::Column column{};
  soci::indicator indicator = soci::i_null;

  Cell() = default;
  explicit Cell(const std::optional<T>& value) {
    if (!value) return;
    column = Value::write(*value);
    indicator = soci::i_ok;
  }
  [[nodiscard]] std::optional<T> read() const {
    if (indicator != soci::i_ok) return std::nullopt;
    return Value::read(column);
  }
};

/// A query with the variables that it reads from and writes to, whose addresses it has been told.
template <class Out, class In>
class PreparedQuery;

template <class... Out, class... In>
class PreparedQuery<std::tuple<Out...>, std::tuple<In...>> final : public Prepared {
 public:
  PreparedQuery(soci::session& session, const std::string& sql, soci::details::statement_type type)
      : statement_(session) {
    std::apply([&](auto&... cell) { (statement_.exchange(soci::into(cell.column, cell.indicator)), ...); }, row_);
    std::apply([&](auto&... cell) { (statement_.exchange(soci::use(cell.column, cell.indicator)), ...); }, values_);
    statement_.alloc();
    statement_.prepare(sql, type);
    statement_.define_and_bind();
  }

  [[nodiscard]] std::vector<std::tuple<Out...>> select(const In&... in) {
    values_ = {Cell<In>(in)...};
    statement_.execute();
    std::vector<std::tuple<Out...>> rows;
    while (statement_.fetch()) {
      rows.push_back(std::apply([](const auto&... cell) { return std::tuple<Out...>(cell.read()...); }, row_));
    }
    return rows;
  }

  long long execute(const In&... in) {
    values_ = {Cell<In>(in)...};
    statement_.execute(true);
    return statement_.get_affected_rows();
  }

 private:
  std::tuple<Cell<Out>...> row_;
  std::tuple<Cell<In>...> values_;
  soci::statement statement_;
};

/// Hands the query to `use`: the one that was prepared before, where the session keeps such.
template <class Query, class Use>
auto with_prepared(DatabaseSession& session, const std::string& sql, Use use) {
  if (!session.keeps_statements()) {
    Query once(session.soci(), sql, soci::details::st_one_time_query);
    return use(once);
  }
  try {
    return use(session.prepared<Query>(sql));
  } catch (...) {
    session.failed(sql);
    throw;
  }
}

/// Runs a query whose placeholders (:a, :b …) take the values in order, and returns its rows.
template <class... Out, class... In>
[[nodiscard]] std::vector<std::tuple<Out...>> select(DatabaseSession& session, const std::string& sql,
                                                     const In&... in) {
  using Query = PreparedQuery<std::tuple<Out...>, std::tuple<In...>>;
  return with_prepared<Query>(session, sql, [&](Query& query) { return query.select(in...); });
}

/// As select, for a query with at most one row.
template <class... Out, class... In>
[[nodiscard]] std::optional<std::tuple<Out...>> select_one(DatabaseSession& session, const std::string& sql,
                                                           const In&... in) {
  auto rows = select<Out...>(session, sql, in...);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

/// Runs a statement and returns how many rows it touched.
template <class... In>
long long execute(DatabaseSession& session, const std::string& sql, const In&... in) {
  using Query = PreparedQuery<std::tuple<>, std::tuple<In...>>;
  return with_prepared<Query>(session, sql, [&](Query& query) { return query.execute(in...); });
}

}  // namespace orbit::storage
