#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <iostream>
#include <map>
#include <thread>

#include "app/config.hpp"
#include "app/doctor.hpp"
#include "app/domain.hpp"
#include "app/logging.hpp"
#include "app/node.hpp"
#include "app/operator_keys.hpp"
#include "app/password.hpp"
#include "app/seed.hpp"
#include "app/status.hpp"
#include "app/watch.hpp"
#include "catalog/printers.hpp"
#include "http/admin_api.hpp"
#include "storage/backup.hpp"
#include "storage/database_url.hpp"
#include "storage/serving_lock.hpp"

namespace {

using namespace orbit;
using app::Config;

int fail(const kernel::Error& error) {
  std::cerr << "orbit: " << error.message << "\n";
  for (const auto& field : error.fields) {
    if (field.message != error.message) std::cerr << "  " << field.field << ": " << field.message << "\n";
  }
  return 1;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 4096) {
    spdlog::warn("at most {} descriptors: each socket takes one; raise the limit (ulimit -n)", limit.rlim_cur);
  }
}

// Blocked before any thread is made, so that only sigwait sees them. Without TLS there is nothing to read again: then
// SIGHUP ends the program, as it always does.
sigset_t block_signals(const Config& config) {
  sigset_t signals;
  sigemptyset(&signals);
  if (!config.tls_certificate.empty()) sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write, as a full disk is
  return signals;
}

int serve(const Config& config) {
  const sigset_t signals = block_signals(config);
  raise_descriptor_limit();
  if (config.listen_host != "127.0.0.1" && config.listen_host != "::1" && config.tls_certificate.empty()) {
    spdlog::warn("listening on {}: reachable from other machines, without TLS of its own", config.listen_host);
  }
  app::Node node(config);
  if (const auto started = node.start(); !started) return fail(started.error());
  if (node.runs_demo()) {
    spdlog::warn("this node runs with DEMO DATA: everyone's password is {}. Never do so in production.",
                 app::demo_password);
  }
  std::cout << "listening on " << node.url() << std::endl;

  int received = 0;
  while (sigwait(&signals, &received) == 0 && received == SIGHUP) node.reload_tls();
  // Whoever asks twice doesn't want to wait.
  std::thread([signals] {
    int again = SIGHUP;
    while (again == SIGHUP) sigwait(&signals, &again);
    std::_Exit(130);
  }).detach();
  node.stop();
  return 0;
}

template <class Work>
int with_database(const Config& config, Work work) {
  const kernel::SystemClock clock;
  kernel::MetricsRegistry metrics;
  auto database = storage::Database::open(config.database, {}, clock, metrics);
  if (!database) return fail(database.error());
  const auto migrated = (*database)->migrate();
  if (!migrated) return fail(migrated.error());
  return work(**database, clock, *migrated);
}

int migrate(const Config& config) {
  return with_database(config, [](storage::Database&, const kernel::Clock&, const std::vector<std::string>& applied) {
    for (const std::string& name : applied) std::cout << "applied " << name << "\n";
    if (applied.empty()) std::cout << "the database is up to date\n";
    return 0;
  });
}

int no_database(const Config& config) {
  return fail({kernel::ErrorKind::not_found, "database.missing",
               "There is no database at " + storage::without_password(config.database) + "."});
}

int restore_mark(const Config& config) {
  if (!storage::Database::exists(config.database)) return no_database(config);
  const auto lock = storage::ServingLock::take(config.database);
  if (!lock) return fail(lock.error());
  return with_database(config, [](storage::Database& database, const kernel::Clock&, const auto&) {
    const auto epoch = database.renew_epoch();
    if (!epoch) return fail(epoch.error());
    std::cout << "the log's history is now " << *epoch << ": every tab hydrates again when it comes back\n";
    return 0;
  });
}

int back_up(const Config& config) {
  const auto size = storage::back_up(config.database, config.backup_file);
  if (!size) return fail(size.error());
  std::cout << "backed up " << config.database << " to " << config.backup_file << ": " << *size << " bytes, checked\n";
  return 0;
}

int restore(const Config& config) {
  const kernel::SystemClock clock;
  const auto restored = storage::restore(config.database, config.backup_file, clock);
  if (!restored) return fail(restored.error());
  std::cout << "restored " << config.database << " from " << config.backup_file << "\n"
            << "the log's history is now " << restored->epoch << ": every tab hydrates again when it comes back\n";
  if (!restored->former.empty()) std::cout << "the former database is now " << restored->former.string() << "\n";
  return 0;
}

int seed(const Config& config) {
  return with_database(config, [&](storage::Database& database, const kernel::Clock& clock, const auto&) {
    app::NobodyListens nobody;
    app::Domain domain(database, nobody, "", clock);
    if (!config.seed_slug.empty()) {
      const auto password = app::read_password(config.password_from_stdin);
      if (!password) return fail(password.error());
      const auto seeded = app::seed_owner(
          domain, {config.seed_slug, config.seed_name, config.seed_owner, config.seed_owner_name, *password});
      if (!seeded) return fail(seeded.error());
      std::cout << "made workspace " << config.seed_slug << ", owned by " << config.seed_owner << "\n";
      return 0;
    }
    const auto seeded = app::seed_demo_if_empty(domain);
    if (!seeded) return fail(seeded.error());
    if (!*seeded) {
      std::cout << "the database has people in it already: the demo workspaces acme and globex are not added\n";
      return 0;
    }
    std::cout << "made the demo workspaces acme and globex; everyone's password is " << app::demo_password << "\n";
    return 0;
  });
}

int manage_keys(const Config& config) {
  const bool makes_one = config.command == app::Command::key_create;
  if (!makes_one && !storage::Database::exists(config.database)) return no_database(config);
  return with_database(config, [&](storage::Database& database, const kernel::Clock& clock, const auto&) {
    app::NobodyListens nobody;
    app::Domain domain(database, nobody, "", clock);
    const auto said = makes_one                                  ? app::create_key(domain, config)
                      : config.command == app::Command::key_list ? app::list_keys(domain)
                                                                 : app::revoke_key(domain, config);
    if (!said) return fail(said.error());
    std::cout << *said;
    return 0;
  });
}

int print_catalog(const Config& config) {
  if (config.catalog_format == "admin-routes") {
    for (const auto& route : http::AdminApi::routes()) std::cout << route.method << " " << route.pattern << "\n";
    return 0;
  }
  static const std::map<std::string, std::string (*)(const catalog::CatalogModel&)> printers{
      {"typescript", catalog::print_typescript},
      {"typescript-docs", catalog::print_typescript_docs},
      {"json-schema", catalog::print_json_schema},
      {"asyncapi", catalog::print_asyncapi},
      {"markdown", catalog::print_markdown}};
  if (config.catalog_format == "configuration") {
    std::cout << app::configuration_page();
    return 0;
  }
  std::cout << printers.at(config.catalog_format)(catalog::describe_catalog());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = app::parse_command_line(argc, argv);
  if (parsed.exit_code) return *parsed.exit_code;
  const Config& config = parsed.config;
  app::set_up_logging(config.log_format, config.log_level);
  try {
    switch (config.command) {
      case app::Command::serve:
        return serve(config);
      case app::Command::migrate:
        return migrate(config);
      case app::Command::restore_mark:
        return restore_mark(config);
      case app::Command::backup:
        return back_up(config);
      case app::Command::restore:
        return restore(config);
      case app::Command::doctor:
        return app::doctor(config);
      case app::Command::seed:
        return seed(config);
      case app::Command::watch:
        return app::watch(config);
      case app::Command::status:
        return app::show_status(config);
      case app::Command::key_create:
      case app::Command::key_list:
      case app::Command::key_revoke:
        return manage_keys(config);
      case app::Command::catalog:
        return print_catalog(config);
    }
  } catch (const std::exception& error) {
    std::cerr << "orbit: " << error.what() << "\n";
  }
  return 1;
}
