#include "app/operator_options.hpp"

#include <CLI/CLI.hpp>

namespace orbit::app {

namespace {

void add_key_commands(CLI::App& app, Config& config) {
  CLI::App* key = app.add_subcommand("key", "Make, list and revoke keys of the operator API");
  key->require_subcommand(1);
  key->fallthrough();
  const auto command = [&](const char* name, const char* help, Command value) {
    CLI::App* sub = key->add_subcommand(name, help);
    sub->fallthrough();
    sub->callback([&config, value] { config.command = value; });
    return sub;
  };
  CLI::App* create = command("create", "Make a key and print it: it is shown this once", Command::key_create);
  create->add_option("--scope", config.key_scopes, "What it is good for: read, disconnect, publish; repeatable")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("SCOPE")
      ->required();
  create->add_option("--workspace", config.key_workspace, "Slug of the one workspace that it is good for; else all")
      ->type_name("SLUG");
  create->add_option("--name", config.key_name, "What people know it by")->type_name("NAME");
  command("list", "List the keys, without their secrets", Command::key_list);
  command("revoke", "Take a key away", Command::key_revoke)
      ->add_option("ID", config.key_id, "The id that orbit key list shows")
      ->required();
}

}  // namespace

void add_operator_commands(CLI::App& app, Config& config) {
  add_key_commands(app, config);
  CLI::App* status = app.add_subcommand("status", "Watch a node: its sockets, rates, lag and busiest workspaces");
  status->fallthrough();
  status->callback([&config] { config.command = Command::status; });
  status->add_option("--admin", config.status_url, "The node's operator API, where --admin-listen put it")
      ->envname("ORBIT_ADMIN")
      ->type_name("URL")
      ->capture_default_str();
  status->add_option("--key", config.status_key, "A key with the scope read; rather in ORBIT_ADMIN_KEY")
      ->envname("ORBIT_ADMIN_KEY")
      ->type_name("KEY");
  CLI::Option* once =
      status->add_flag("--once", config.status_once, "Print it once; so it is, too, where output is no terminal");
  status->add_flag("--json", config.status_json, "Print what the API answers, once")->excludes(once);
}

}  // namespace orbit::app
