// PostgresConnection: one connection to PostgreSQL, by libpq and never waiting: one query after the other,
// notifications as they come, and a sign of life each second. Belongs to the broker thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace orbit::cluster {

class PostgresConnection {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// It takes a query: for the first time once it is set up, then after each.
    virtual void idle() = 0;
    /// The query was refused; `idle` follows.
    virtual void refused(std::string_view reason) = 0;
    virtual void notified(std::string_view payload) = 0;
    /// It couldn't be made or set up, ended, or nothing came for too long: at most once, and the last call.
    virtual void failed(std::string_view reason) = 0;
  };

  /// `conninfo`: as libpq takes it, a URL too. `setup`: SQL that comes first. Connects; calls back from the next turn
  /// of the loop on, and no more once it is destroyed; not to be destroyed from within a call back.
  PostgresConnection(boost::asio::io_context& context, Owner& owner, const std::string& conninfo, std::string setup);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  [[nodiscard]] bool is_idle() const;

  /// Only where it is idle.
  void query(const std::string& sql);
  /// The same for a statement that `setup` prepared; parameters are in PostgreSQL's binary form.
  void execute(const char* statement, const std::vector<std::string_view>& parameters);

 private:
  class Wire;
  std::shared_ptr<Wire> wire_;
};

}  // namespace orbit::cluster
