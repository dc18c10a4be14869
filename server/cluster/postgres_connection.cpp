#include "cluster/postgres_connection.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <utility>

namespace orbit::cluster {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds tick{500};
constexpr int ticks_between_pings = 2;
// Without a byte from a server that was asked for something, or to which a connection is being made.
constexpr int most_silent_ticks = 5;

struct ConnectionDeleter {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
struct NotificationDeleter {
  void operator()(PGnotify* notification) const { PQfreemem(notification); }
};

// libpq's messages have several lines, the first of which says what is wrong.
std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

bool is_success(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

// Handlers under way keep it; without an owner they do nothing.
class PostgresConnection::Wire : public std::enable_shared_from_this<Wire> {
 public:
  Wire(asio::io_context& context, Owner& owner, std::string setup)
      : context_(context), owner_(&owner), setup_(std::move(setup)), timer_(context) {}

  void open(const std::string& conninfo) {
    keep_time();
    // A URL in "dbname" is taken apart; what follows it counts more.
    const std::array<const char*, 4> names{"dbname", "client_encoding", "fallback_application_name", nullptr};
    const std::array<const char*, 4> values{conninfo.c_str(), "UTF8", "orbit backplane", nullptr};
    connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
    PQsetNoticeProcessor(connection_.get(), &take_notice, this);
    asio::post(context_, [self = shared_from_this()] {
      if (self->owner_ == nullptr) return;
      if (PQstatus(self->connection_.get()) == CONNECTION_BAD) return self->fail_by_library();
      self->connect_on(PGRES_POLLING_WRITING);
    });
  }

  void close() {
    owner_ = nullptr;
    timer_.cancel();
    descriptor_.reset();
    connection_.reset();
  }

  [[nodiscard]] bool is_idle() const { return is_set_up_ && !is_busy_; }

  void query(const std::string& sql) { begin(PQsendQuery(connection_.get(), sql.c_str())); }

  void execute(const char* statement, const std::vector<std::string_view>& parameters) {
    std::vector<const char*> values;
    std::vector<int> sizes;
    for (const std::string_view parameter : parameters) {
      values.push_back(parameter.data());
      sizes.push_back(static_cast<int>(parameter.size()));
    }
    const std::vector<int> are_binary(parameters.size(), 1);
    begin(PQsendQueryPrepared(connection_.get(), statement, static_cast<int>(values.size()), values.data(),
                              sizes.data(), are_binary.data(), 0));
  }

 private:
  // The library may have taken another socket since the last step.
  void connect_on(PostgresPollingStatusType step) {
    watch();
    const auto what = step == PGRES_POLLING_READING ? stream_descriptor::wait_read : stream_descriptor::wait_write;
    descriptor_->async_wait(what, [self = shared_from_this()](const error_code& error) {
      if (error || self->owner_ == nullptr) return;
      self->silent_ticks_ = 0;
      switch (const auto next = PQconnectPoll(self->connection_.get())) {
        case PGRES_POLLING_OK:
          return self->set_up();
        case PGRES_POLLING_FAILED:
          return self->fail_by_library();
        default:
          return self->connect_on(next);
      }
    });
  }

  // A duplicate: the library closes its own whenever it likes.
  void watch() { descriptor_.emplace(context_, ::dup(PQsocket(connection_.get()))); }

  void set_up() {
    watch();
    PQsetnonblocking(connection_.get(), 1);
    read();
    query(setup_);
  }

  // Where the library couldn't even begin, the connection has ended, and reading notices as well.
  void begin(int sent) {
    if (sent == 0) return;
    is_busy_ = true;
    ticks_since_query_ = 0;
    write();
  }

  void write() {
    if (PQflush(connection_.get()) != 1 || awaits_write_) return;
    awaits_write_ = true;
    descriptor_->async_wait(stream_descriptor::wait_write, [self = shared_from_this()](const error_code& error) {
      if (error || self->owner_ == nullptr) return;
      self->awaits_write_ = false;
      self->write();
    });
  }

  void read() {
    descriptor_->async_wait(stream_descriptor::wait_read, [self = shared_from_this()](const error_code& error) {
      if (error || self->owner_ == nullptr) return;
      self->silent_ticks_ = 0;
      if (PQconsumeInput(self->connection_.get()) != 1) return self->fail_by_library();
      self->take_notifications();
      if (self->is_busy_) self->take_results();
      if (self->owner_ != nullptr) self->read();
    });
  }

  void take_notifications() {
    for (;;) {
      const std::unique_ptr<PGnotify, NotificationDeleter> notification(PQnotifies(connection_.get()));
      if (notification == nullptr) return;
      owner_->notified(notification->extra);
    }
  }

  void take_results() {
    while (owner_ != nullptr && PQisBusy(connection_.get()) == 0) {
      const std::unique_ptr<PGresult, ResultDeleter> result(PQgetResult(connection_.get()));
      if (result == nullptr) return finish();
      if (!is_success(result.get())) refuse(first_line(PQresultErrorMessage(result.get())));
    }
  }

  void refuse(std::string_view reason) {
    if (!is_set_up_) return fail(reason);
    if (PQstatus(connection_.get()) == CONNECTION_OK) return owner_->refused(reason);
    // The reason is that the connection ended; reading says so as well.
    fail(reason);
  }

  void finish() {
    is_busy_ = false;
    is_set_up_ = true;
    owner_->idle();
  }

  void keep_time() {
    timer_.expires_after(tick);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (cancelled || self->owner_ == nullptr) return;
      self->take_tick();
      if (self->owner_ != nullptr) self->keep_time();
    });
  }

  void take_tick() {
    silent_ticks_ = is_idle() ? 0 : silent_ticks_ + 1;
    if (silent_ticks_ >= most_silent_ticks) return fail("it doesn't answer");
    if (++ticks_since_query_ >= ticks_between_pings && is_idle()) query("SELECT 1");
  }

  // What a server says when it ends a connection from which nothing was asked.
  static void take_notice(void* wire, const char* message) {
    static_cast<Wire*>(wire)->last_words_ = first_line(message);
  }

  void fail_by_library() {
    fail(last_words_.empty() ? first_line(PQerrorMessage(connection_.get())) : std::string_view(last_words_));
  }

  void fail(std::string_view reason) {
    Owner* const owner = owner_;
    // It may be in the library's memory.
    const std::string kept(reason);
    close();
    owner->failed(kept);
  }

  asio::io_context& context_;
  Owner* owner_;
  const std::string setup_;
  asio::steady_timer timer_;
  std::unique_ptr<PGconn, ConnectionDeleter> connection_;
  std::optional<stream_descriptor> descriptor_;
  std::string last_words_;
  bool is_set_up_ = false;
  bool is_busy_ = false;
  bool awaits_write_ = false;
  int ticks_since_query_ = 0;
  int silent_ticks_ = 0;
};

PostgresConnection::PostgresConnection(asio::io_context& context, Owner& owner, const std::string& conninfo,
                                       std::string setup)
    : wire_(std::make_shared<Wire>(context, owner, std::move(setup))) {
  wire_->open(conninfo);
}

PostgresConnection::~PostgresConnection() { wire_->close(); }

bool PostgresConnection::is_idle() const { return wire_->is_idle(); }

void PostgresConnection::query(const std::string& sql) { wire_->query(sql); }

void PostgresConnection::execute(const char* statement, const std::vector<std::string_view>& parameters) {
  wire_->execute(statement, parameters);
}

}  // namespace orbit::cluster
