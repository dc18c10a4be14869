// Config: everything that can be set, in one place, and how it is read: flags, then ORBIT_* variables, then the TOML
// file, then defaults. Plain data, fixed once read.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/address_limits.hpp"
#include "identity/session.hpp"
#include "kernel/error.hpp"
#include "kernel/network_address.hpp"
#include "realtime/log_retention.hpp"
#include "storage/database.hpp"

namespace orbit::app {

inline constexpr const char* version = "0.1.0";

enum class Command {
  serve,
  migrate,
  seed,
  watch,
  catalog,
  restore_mark,
  backup,
  restore,
  doctor,
  status,
  key_create,
  key_list,
  key_revoke
};
enum class LogFormat { automatic, human, json };

struct Config {
  Command command = Command::serve;

  std::string database = "sqlite:var/orbit.db";
  std::string log_level = "info";
  LogFormat log_format = LogFormat::automatic;

  // serve
  std::string listen_host = "127.0.0.1";
  unsigned short listen_port = 8080;
  std::string public_origin;  // empty: http:// or https://, and where the node listens
  std::vector<std::string> allow_origins;
  std::string tls_certificate;  // PEM; empty: no TLS
  std::string tls_key;
  std::string web;  // folder of the built page; empty for none
  bool demo = false;
  std::size_t shards = 0;  // 0: one for each core
  std::size_t worker_threads = 16;
  std::chrono::milliseconds presence_grace{2'000};
  std::chrono::milliseconds presence_tick{250};  // 0: each transition by itself
  std::size_t presence_roster_limit = 500;
  std::chrono::milliseconds signal_tick{50};  // 0: each signal at once
  std::chrono::milliseconds heartbeat{25'000};
  std::chrono::milliseconds drain{3'000};
  identity::SessionRules sessions;
  bool no_io_uring = false;
  std::size_t max_connections = 20'000;  // sockets of one shard
  std::size_t sockets_per_member = 50;
  std::size_t sockets_per_workspace = 20'000;  // 0: no limit, here and below
  http::AddressLimitOptions address_limits;
  std::int64_t commands_per_user = 100;         // a second
  std::int64_t commands_per_workspace = 1'000;  // a second
  std::vector<kernel::AddressRange> trusted_proxies;
  std::size_t outbound_queue = 1024 * 1024;
  std::size_t compress_from = 1024;  // bytes of a frame; 0: never
  int message_rate = 20;
  int message_burst = 40;
  std::size_t max_queued_commands = 1'000;
  std::chrono::milliseconds max_queue_wait{1'000};
  std::string metrics_host;  // empty: no metrics
  unsigned short metrics_port = 0;
  std::string admin_host;  // empty: no operator API
  unsigned short admin_port = 0;
  std::string stripe_webhook_secret;
  storage::Durability durability = storage::Durability::full;
  realtime::RetentionOptions log;

  // serve: several nodes
  std::string node_name;  // empty for none
  std::string backplane = "none";
  std::chrono::milliseconds node_lease{5'000};

  // backup and restore
  std::string backup_file;

  // doctor
  bool as_json = false;

  // seed and watch
  bool password_from_stdin = false;

  // seed
  std::string seed_slug;  // empty: the demo
  std::string seed_name;
  std::string seed_owner;
  std::string seed_owner_name;

  // watch
  std::string watch_url = "http://127.0.0.1:8080";
  std::string watch_origin;  // empty: that of watch_url
  std::string watch_workspace;
  std::string watch_as;

  // status
  std::string status_url = "http://127.0.0.1:8090";
  std::string status_key;
  bool status_once = false;
  bool status_json = false;

  // key
  std::vector<std::string> key_scopes;
  std::string key_workspace;  // slug; empty for all
  std::string key_name;
  std::string key_id;

  // catalog
  std::string catalog_format = "markdown";
};

/// What the command line came to: a config to go on with, or an exit code where all has been said (help, a bad flag).
struct ParsedCommandLine {
  Config config;
  std::optional<int> exit_code;
};

[[nodiscard]] ParsedCommandLine parse_command_line(int argc, const char* const* argv);

/// docs/configuration.md.
[[nodiscard]] std::string configuration_page();

/// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string host_and_port(const std::string& host, unsigned short port);

}  // namespace orbit::app
