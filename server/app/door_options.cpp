#include "app/door_options.hpp"

#include <type_traits>

#include "app/option.hpp"

namespace orbit::app {

namespace {

constexpr const char* serving = "serve";
constexpr const char* limits = "serve: limits";

}  // namespace

void add_tls(CLI::App& app, Config& config) {
  CLI::Option* certificate = option(app, "--tls-certificate", config.tls_certificate,
                                    "Speak TLS with this certificate and its chain, PEM; SIGHUP reads it again")
                                 ->type_name("FILE");
  CLI::Option* key = option(app, "--tls-key", config.tls_key, "The certificate's key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  group(certificate, serving);
  group(key, serving);
}

void add_trusted_proxies(CLI::App& app, Config& config) {
  static constexpr const char* flag = "--trusted-proxy";
  app.add_option_function<std::vector<std::string>>(
         flag,
         [&config](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const auto range = kernel::AddressRange::parse(text);
             if (!range) {
               throw CLI::ValidationError(flag,
                                          "must be an IP address or a range such as 10.0.0.0/8, not \"" + text + "\"");
             }
             config.trusted_proxies.push_back(*range);
           }
         },
         "A proxy of yours, or a range of them, whose word on a client's address is believed (X-Forwarded-For,\n"
         "Forwarded); repeatable, or a list with commas")
      ->envname(environment_name(flag))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->delimiter(',')
      ->type_name("CIDR")
      ->group(serving);
}

// 0 is no limit.
void add_door_limits(CLI::App& app, Config& config) {
  const auto limit = [&](const std::string& flag, auto& value, const std::string& help) {
    using Number = std::remove_reference_t<decltype(value)>;
    group(option(app, flag, value, help + "; 0: no limit")
              ->check(in_range(Number{0}, Number{1'000'000'000}))
              ->type_name("N"),
          limits);
  };
  limit("--sockets-per-workspace", config.sockets_per_workspace, "Sockets for each workspace; beyond: 4429");
  limit("--connections-per-address", config.address_limits.connections,
        "Connections from an address (a /64 of IPv6), sockets among them; beyond: 429");
  limit("--handshakes-per-address", config.address_limits.handshakes,
        "Handshakes of sockets a second from an address, ten times as many at once; beyond: 429");
  limit("--failed-handshakes-per-address", config.address_limits.failed_handshakes,
        "Handshakes from an address that may fail in a minute; beyond: 429");
  limit("--commands-per-user", config.commands_per_user,
        "Commands a second of a person, three times as many at once; beyond: 429");
  limit("--commands-per-workspace", config.commands_per_workspace,
        "Commands a second in a workspace, three times as many at once; beyond: 429");
}

}  // namespace orbit::app
