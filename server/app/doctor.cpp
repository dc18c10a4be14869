#include "app/doctor.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <iostream>

#include "http/static_site.hpp"
#include "http/tls.hpp"
#include "kernel/origin_policy.hpp"
#include "storage/database_url.hpp"

namespace orbit::app {

using State = Finding::State;

namespace {

std::string_view word(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::look:
      return "look";
    case State::wrong:
      break;
  }
  return "wrong";
}

std::string_view colour(State state) {
  switch (state) {
    case State::ok:
      return "\033[32m";
    case State::look:
      return "\033[33m";
    case State::wrong:
      break;
  }
  return "\033[1;31m";
}

std::ptrdiff_t count(const Findings& findings, State state) {
  return std::ranges::count(findings, state, &Finding::state);
}

// Of the first certificate in the file.
std::optional<int> days_left(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "r"), &std::fclose);
  if (!file) return std::nullopt;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr),
                                                                &X509_free);
  int days = 0, seconds = 0;
  if (!certificate || ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1) {
    return std::nullopt;
  }
  return seconds < 0 ? days - 1 : days;
}

void examine_tls(const Config& config, Findings& findings) {
  constexpr int few_days = 14;
  if (config.tls_certificate.empty()) return;
  kernel::MetricsRegistry metrics;
  if (const auto tls = http::Tls::load({config.tls_certificate, config.tls_key}, metrics); !tls) {
    findings.push_back({State::wrong, "TLS", tls.error().message,
                        "Give --tls-certificate and --tls-key a PEM file each that this user may read."});
    return;
  }
  const int days = days_left(config.tls_certificate).value_or(-1);
  const std::string says = fmt::format("{} is valid for {} more days", config.tls_certificate, std::max(days, 0));
  const std::string advice = "Renew it, then send the node SIGHUP: it reads the files again.";
  findings.push_back({days < 0          ? State::wrong
                      : days < few_days ? State::look
                                        : State::ok,
                      "TLS", says, days < few_days ? advice : ""});
}

}  // namespace

std::string size_in_words(std::uintmax_t bytes) {
  auto size = static_cast<double>(bytes);
  const char* unit = "bytes";
  for (const char* larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  return size < 10 && bytes >= 1024 ? fmt::format("{:.1f} {}", size, unit) : fmt::format("{:.0f} {}", size, unit);
}

void examine_options(const Config& config, Findings& findings) {
  // A port that is still to be found has no place in an origin.
  const std::string own =
      (config.tls_certificate.empty() ? "http://" : "https://") +
      host_and_port(config.listen_host, config.listen_port == 0 ? std::uint16_t{1} : config.listen_port);
  const auto origins =
      kernel::OriginPolicy::create(config.public_origin.empty() ? own : config.public_origin, config.allow_origins);
  if (!origins) {
    findings.push_back({State::wrong, "origins", origins.error().message,
                        "Write --public-origin and --allow-origin as https://app.example, without a path."});
  } else {
    const bool is_local = config.listen_host == "127.0.0.1" || config.listen_host == "::1";
    const bool is_plain = !is_local && !origins->public_origin().starts_with("https://");
    findings.push_back({is_plain ? State::look : State::ok, "origins", "browsers come from " + origins->public_origin(),
                        is_plain
                            ? "Cookies and data cross the network unencrypted: put a proxy that does TLS in front, "
                              "and name its https:// address with --public-origin."
                            : ""});
  }
  examine_tls(config, findings);
  if (config.web.empty()) {
    findings.push_back({State::ok, "page", "none is served (--web)"});
  } else if (const auto site = http::StaticSite::load(config.web); !site) {
    findings.push_back({State::wrong, "page", site.error().message, "Point --web at the folder of the built page."});
  } else {
    findings.push_back({State::ok, "page", config.web});
  }
  if (config.demo) {
    findings.push_back({State::look, "demo", "--demo: everybody knows the password of everyone in a new database",
                        "Leave it out in production."});
  }
  findings.push_back(
      {config.stripe_webhook_secret.empty() ? State::look : State::ok, "Stripe",
       config.stripe_webhook_secret.empty() ? "no webhook secret: every webhook is refused" : "secret is set",
       config.stripe_webhook_secret.empty() ? "Set ORBIT_STRIPE_WEBHOOK_SECRET, if subscriptions are Stripe's." : ""});
}

Findings examine(const Config& config, const kernel::Clock& clock) {
  Findings findings;
  examine_options(config, findings);
  examine_network(config, findings);
  examine_database(config, clock, findings);
  examine_machine(config, clock, findings);
  return findings;
}

bool is_well(const Findings& findings) { return count(findings, State::wrong) == 0; }

std::string findings_text(const Findings& findings, bool coloured) {
  std::string text;
  for (const Finding& finding : findings) {
    const auto state = fmt::format("{:<5}", word(finding.state));
    text += fmt::format("{}{}{}  {:<12}  {}\n", coloured ? colour(finding.state) : "", state, coloured ? "\033[0m" : "",
                        finding.what, finding.says);
    if (!finding.advice.empty()) text += fmt::format("{:21}{}\n", "", finding.advice);
  }
  const auto look = count(findings, State::look), wrong = count(findings, State::wrong);
  if (look + wrong == 0) return text + "\nAll is well.\n";
  return text + fmt::format("\n{} wrong, {} to look at, {} ok.\n", wrong, look, count(findings, State::ok));
}

std::string findings_json(const Findings& findings) {
  boost::json::array list;
  for (const Finding& finding : findings) {
    list.push_back(
        {{"state", word(finding.state)}, {"what", finding.what}, {"says", finding.says}, {"advice", finding.advice}});
  }
  return boost::json::serialize(boost::json::object{{"well", is_well(findings)}, {"findings", std::move(list)}}) + "\n";
}

int doctor(const Config& config) {
  spdlog::set_level(spdlog::level::off);  // all there is to say is in the findings
  const kernel::SystemClock clock;
  const Findings findings = examine(config, clock);
  const char* without_colour = std::getenv("NO_COLOR");
  const bool coloured = isatty(STDOUT_FILENO) != 0 && (without_colour == nullptr || *without_colour == '\0');
  std::cout << (config.as_json ? findings_json(findings) : findings_text(findings, coloured));
  return is_well(findings) ? 0 : 1;
}

}  // namespace orbit::app
