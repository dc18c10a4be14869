#include "app/config.hpp"

#include <arpa/inet.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <iostream>

#include "app/configuration_page.hpp"
#include "app/door_options.hpp"
#include "app/operator_options.hpp"
#include "app/option.hpp"
#include "kernel/duration.hpp"

namespace orbit::app {

using std::chrono::milliseconds;

std::string host_and_port(const std::string& host, unsigned short port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

namespace {

// As parse_duration reads it, in the largest unit that it is a whole number of.
std::string in_words(milliseconds time) {
  for (const auto& [unit, length] : {std::pair{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}}) {
    if (time.count() != 0 && time.count() % length == 0) return std::to_string(time.count() / length) + unit;
  }
  return std::to_string(time.count()) + "ms";
}

CLI::Option* duration(CLI::App& app, const std::string& flag, milliseconds& value, milliseconds least,
                      const std::string& help) {
  return app
      .add_option_function<std::string>(
          flag,
          [flag, &value, least](const std::string& text) {
            const auto parsed = kernel::parse_duration(text);
            if (!parsed || *parsed < least) {
              throw CLI::ValidationError(flag, "must be a time such as 500ms, 2s or 5m, not \"" + text + "\"");
            }
            value = *parsed;
          },
          help)
      ->envname(environment_name(flag))
      ->type_name("TIME")
      ->default_str(in_words(value));
}

bool is_ip_address(const std::string& text) {
  in6_addr parsed{};
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1 || inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

CLI::Option* address(CLI::App& app, const std::string& flag, std::string& host, unsigned short& port,
                     const std::string& help) {
  return app
      .add_option_function<std::string>(
          flag,
          [flag, &host, &port](const std::string& text) {
            const auto colon = text.rfind(':');
            unsigned short number = 0;
            const char* first = text.data() + (colon == std::string::npos ? 0 : colon + 1);
            const char* last = text.data() + text.size();
            const auto [end, error] = std::from_chars(first, last, number);
            std::string name = text.substr(0, colon);
            if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
            if (colon == std::string::npos || error != std::errc{} || end != last || !is_ip_address(name)) {
              throw CLI::ValidationError(
                  flag, "must be an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080, not \"" + text + "\"");
            }
            host = std::move(name);
            port = number;
          },
          help)
      ->envname(environment_name(flag))
      ->type_name("ADDRESS:PORT");
}

bool is_node_name(const std::string& text) {
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

CLI::Validator node_name() {
  return CLI::Validator(
      [](const std::string& text) {
        return is_node_name(text)
                   ? ""
                   : "must have 1 to 40 letters, digits, dots, dashes or underscores, not \"" + text + "\"";
      },
      "");
}

void add_serve_options(CLI::App& app, Config& config) {
  constexpr const char* serving = "serve";
  group(address(app, "--listen", config.listen_host, config.listen_port, "Where to listen; port 0 takes a free one")
            ->default_str("127.0.0.1:8080"),
        serving);
  group(option(app, "--public-origin", config.public_origin,
               "What browsers have in their address bar; unless given, http:// (https:// with TLS) and the listening "
               "address")
            ->type_name("URL"),
        serving);
  group(option(app, "--allow-origin", config.allow_origins,
               "Another web origin that may open sockets and send commands; repeatable, or a list with commas")
            ->delimiter(',')
            ->type_name("URL"),
        serving);
  add_tls(app, config);
  add_trusted_proxies(app, config);
  group(option(app, "--web", config.web, "Folder of a built page to serve")->type_name("DIR"), serving);
  group(app.add_flag("--demo", config.demo, "Seed the demo workspaces when the database is new")->envname("ORBIT_DEMO"),
        serving);
  group(option(app, "--stripe-webhook-secret", config.stripe_webhook_secret,
               "Secret of Stripe's webhook; without it every webhook is refused")
            ->type_name("SECRET"),
        serving);
  group(duration(app, "--presence-grace", config.presence_grace, milliseconds{0},
                 "How long a member counts as online after their last tab closed"),
        serving);
  group(duration(app, "--presence-tick", config.presence_tick, milliseconds{0},
                 "How often a busy workspace's tabs are told who came and went; 0s for each at once"),
        serving);
  group(duration(app, "--signal-tick", config.signal_tick, milliseconds{0},
                 "Between two runs of signals in a busy room; 0s: each signal leaves at once"),
        serving);
  group(duration(app, "--heartbeat", config.heartbeat, milliseconds{100}, "How often each socket is pinged"), serving);
  group(duration(app, "--session-idle", config.sessions.idle, milliseconds{1'000},
                 "How long a session lives after its last use"),
        serving);
  group(duration(app, "--session-lifetime", config.sessions.lifetime, milliseconds{1'000},
                 "How long a session lives in all, however much it is used"),
        serving);
  group(app.add_flag("--no-io-uring", config.no_io_uring,
                     "Write to each socket by itself, even where the kernel takes the writes of many in one call")
            ->envname("ORBIT_NO_IO_URING"),
        serving);
  group(duration(app, "--drain", config.drain, milliseconds{0}, "How long a stop takes to send all sockets away"),
        serving);
}

void add_cluster(CLI::App& app, Config& config) {
  constexpr const char* cluster = "serve: several nodes";
  group(option(app, "--node-name", config.node_name,
               "What this node is called: tabs are told, and a cluster's nodes tell each other apart by it")
            ->check(node_name())
            ->type_name("NAME"),
        cluster);
  group(option(app, "--backplane", config.backplane,
               "What carries messages between nodes: none, nats://HOST:PORT, redis://HOST:PORT, postgres for the\n"
               "database itself, or a postgresql:// URL to listen at")
            ->type_name("URL"),
        cluster);
  group(duration(app, "--node-lease", config.node_lease, milliseconds{1'000},
                 "How long a node that is not heard of counts as alive"),
        cluster);
}

void add_limits(CLI::App& app, Config& config) {
  constexpr const char* limits = "serve: limits";
  const auto positive = in_range(std::size_t{1}, std::size_t{1'000'000'000});
  group(option(app, "--shards", config.shards, "I/O threads; 0 for one for each core")
            ->check(in_range(std::size_t{0}, std::size_t{256}))
            ->type_name("N"),
        limits);
  group(option(app, "--worker-threads", config.worker_threads, "Threads for commands and queries")
            ->check(in_range(std::size_t{1}, std::size_t{256}))
            ->type_name("N"),
        limits);
  group(option(app, "--max-queued-commands", config.max_queued_commands, "Commands that may wait; beyond: 503")
            ->check(positive)
            ->type_name("N"),
        limits);
  group(duration(app, "--max-queue-wait", config.max_queue_wait, milliseconds{10},
                 "How long a command may wait to be begun, and tabs to be told of those before; beyond: 503"),
        limits);
  group(option(app, "--max-connections", config.max_connections, "Sockets for each shard; beyond: 503")
            ->check(positive)
            ->type_name("N"),
        limits);
  group(option(app, "--sockets-per-member", config.sockets_per_member, "Sockets for each member; beyond: 4429")
            ->check(positive)
            ->type_name("N"),
        limits);
  add_door_limits(app, config);
  group(option(app, "--presence-roster-limit", config.presence_roster_limit,
               "Members online up to which tabs are told of everyone; beyond: how many, and those they watch")
            ->check(positive)
            ->type_name("N"),
        limits);
  group(option(app, "--outbound-queue", config.outbound_queue, "Bytes that may wait for a socket; beyond: 4408")
            ->check(positive)
            ->type_name("N"),
        limits);
  group(option(app, "--compress-from", config.compress_from,
               "Bytes from which a frame is compressed, for sockets that take that; 0 for never")
            ->check(in_range(std::size_t{0}, std::size_t{1'000'000'000}))
            ->type_name("N"),
        limits);
  group(option(app, "--message-rate", config.message_rate, "Messages a second from a socket; beyond: 4429")
            ->check(in_range(1, 1'000'000))
            ->type_name("N"),
        limits);
  group(option(app, "--message-burst", config.message_burst, "Messages at once from a socket")
            ->check(in_range(1, 1'000'000))
            ->type_name("N"),
        limits);
  group(address(app, "--metrics-listen", config.metrics_host, config.metrics_port,
                "Where Prometheus may read metrics; nowhere unless given"),
        limits);
  group(address(app, "--admin-listen", config.admin_host, config.admin_port,
                "Where the operator API answers those who have a key (orbit key); nowhere unless given"),
        limits);
}

void add_history(CLI::App& app, Config& config) {
  constexpr const char* history = "serve: the event log";
  group(duration(app, "--log-keep", config.log.keep_for, milliseconds{1}, "How long an event stays in the log"),
        history);
  group(option(app, "--log-keep-events", config.log.keep_events, "Events of each workspace that stay in the log")
            ->check(in_range(kernel::Seq{1}, kernel::Seq{1'000'000'000}))
            ->type_name("N"),
        history);
  group(duration(app, "--log-trim-interval", config.log.interval, milliseconds{100}, "How often the log is trimmed"),
        history);
  group(
      app.add_option("--durability", config.durability,
                     "What a power cut may take from SQLite: full, nothing; normal, the last commits, for faster ones")
          ->envname("ORBIT_DURABILITY")
          ->transform(
              CLI::CheckedTransformer(std::map<std::string, storage::Durability>{
                                          {"full", storage::Durability::full}, {"normal", storage::Durability::normal}})
                  .description(""))
          ->type_name("WHICH")
          ->default_str("full"),
      history);
}

CLI::Option* password_flag(CLI::App& app, Config& config) {
  return app.add_flag("--password-stdin", config.password_from_stdin,
                      "Read the password from standard input; else it is ORBIT_PASSWORD, or asked for");
}

void add_commands(CLI::App& app, Config& config) {
  const auto command = [&](const char* name, const char* help, Command value) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->fallthrough();
    sub->callback([&config, value] { config.command = value; });
    return sub;
  };
  command("serve", "Run a node, with the options that orbit --help lists", Command::serve);
  command("migrate", "Bring the database up to date", Command::migrate);
  command("backup", "Copy a SQLite database to a file, also while a node serves it", Command::backup)
      ->add_option("FILE", config.backup_file, "Where to; must not be there yet")
      ->required();
  command("restore", "Put such a copy in the database's place, while no node serves it", Command::restore)
      ->add_option("FILE", config.backup_file, "The copy; it stays as it is")
      ->required();
  command("doctor", "Look over configuration, database and machine: what a node would meet, and what to do about it",
          Command::doctor)
      ->add_flag("--json", config.as_json, "For other programs");
  command("restore-mark", "Say that the database was restored by other means, before a node serves it again",
          Command::restore_mark);

  CLI::App* seed =
      command("seed", "Fill an empty database: with the demo, or with a first workspace and its owner", Command::seed);
  CLI::Option* slug =
      seed->add_option("--workspace", config.seed_slug, "Slug of a first workspace, instead of the demo")
          ->type_name("SLUG");
  CLI::Option* name = seed->add_option("--name", config.seed_name, "Its name")->type_name("NAME");
  CLI::Option* owner =
      seed->add_option("--owner", config.seed_owner, "E-mail address of its owner")->type_name("EMAIL");
  CLI::Option* owner_name =
      seed->add_option("--owner-name", config.seed_owner_name, "The owner's name")->type_name("NAME");
  CLI::Option* from_stdin = password_flag(*seed, config);
  slug->needs(name)->needs(owner)->needs(owner_name);
  for (CLI::Option* part : {name, owner, owner_name, from_stdin}) part->needs(slug);

  CLI::App* watch = command("watch", "Be a tab in a terminal: print each event as it lands", Command::watch);
  watch->add_option("--url", config.watch_url, "The node")
      ->envname("ORBIT_URL")
      ->type_name("URL")
      ->capture_default_str();
  watch->add_option("--origin", config.watch_origin, "The node's public origin, where it isn't the URL")
      ->type_name("URL");
  watch->add_option("--workspace", config.watch_workspace, "Slug of the workspace")->type_name("SLUG")->required();
  watch->add_option("--as", config.watch_as, "E-mail address to sign in with")->type_name("EMAIL")->required();
  password_flag(*watch, config);

  add_operator_commands(app, config);
  CLI::App* catalog =
      command("catalog", "Print every event, as documentation or for other programs; or the page of all options",
              Command::catalog);
  catalog->add_option("--format", config.catalog_format, "How")
      ->check(CLI::IsMember(
          {"typescript", "typescript-docs", "json-schema", "asyncapi", "markdown", "configuration", "admin-routes"}))
      ->capture_default_str();
}

// The command line, last word first as CLI11 wants it, with the environment put before it as flags: so a variable beats
// the file, and a flag beats the variable.
std::vector<std::string> arguments(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> words;
  for (const CLI::Option* known : app.get_options()) {
    const char* value = known->get_envname().empty() ? nullptr : std::getenv(known->get_envname().c_str());
    if (value != nullptr && *value != '\0') words.push_back(known->get_name() + "=" + value);
  }
  words.insert(words.end(), argv + 1, argv + argc);
  std::ranges::reverse(words);
  return words;
}

// CLI11's sentence about an unknown key speaks of INI.
std::string what_of(const CLI::ConfigError& error) {
  constexpr std::string_view unknown = "INI was not able to parse ";
  const std::string_view what = error.what();
  return what.starts_with(unknown) ? "no such option: " + std::string(what.substr(unknown.size())) : std::string(what);
}

constexpr const char* description =
    "Orbit: the realtime backend of a multi-tenant app, in one program.\n"
    "Every flag may also be given as a variable (--presence-grace: ORBIT_PRESENCE_GRACE)\n"
    "or in the file that --config names (presence-grace = \"2s\").";

// All options and commands; they write to the config when the command line is parsed.
void describe(CLI::App& app, Config& config) {
  app.footer(
      "Examples:\n"
      "  orbit serve --demo                                 try it: http://127.0.0.1:8080\n"
      "  orbit watch --workspace acme --as ada@acme.test    see what happens there\n"
      "  orbit serve --listen 127.0.0.1:9000 --public-origin https://app.example    behind a proxy that does TLS\n"
      "  orbit seed --workspace acme --name Acme --owner ada@acme.example --owner-name Ada    a first workspace");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.require_subcommand(1);
  app.set_config("--config", "", "A TOML file with any of these options")->envname("ORBIT_CONFIG")->type_name("FILE");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.set_version_flag("--version", std::string("orbit ") + version);
  option(app, "--database", config.database,
         "Where everything is kept: sqlite:PATH, or postgresql://USER@HOST/NAME (a password rather in ORBIT_DATABASE)")
      ->type_name("URL");
  option(app, "--log-level", config.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}).description(""))
      ->type_name("LEVEL");
  app.add_option("--log-format", config.log_format, "human, json, or auto: human on a terminal")
      ->envname("ORBIT_LOG_FORMAT")
      ->transform(CLI::CheckedTransformer(std::map<std::string, LogFormat>{{"auto", LogFormat::automatic},
                                                                           {"human", LogFormat::human},
                                                                           {"json", LogFormat::json}})
                      .description(""))
      ->type_name("FORMAT")
      ->default_str("auto");
  add_serve_options(app, config);
  add_cluster(app, config);
  add_limits(app, config);
  add_history(app, config);
  add_commands(app, config);
}

}  // namespace

std::string configuration_page() {
  Config defaults;
  CLI::App app(description, "orbit");
  describe(app, defaults);
  return print_configuration_page(app);
}

ParsedCommandLine parse_command_line(int argc, const char* const* argv) {
  ParsedCommandLine parsed;
  Config& config = parsed.config;
  CLI::App app(description, "orbit");
  describe(app, config);
  try {
    app.parse(arguments(app, argc, argv));
  } catch (const CLI::ConfigError& error) {
    std::cerr << "The file of --config: " << what_of(error) << "\n";
    parsed.exit_code = 2;
  } catch (const CLI::ParseError& error) {
    parsed.exit_code = app.exit(error) == 0 ? 0 : 2;
  }
  return parsed;
}

}  // namespace orbit::app
