// Doctor: looks over what a node would meet on this machine with this configuration, and says what to do about it.
// Plain functions, on the main thread of `orbit doctor`; nothing is changed.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"
#include "kernel/clock.hpp"

namespace orbit::app {

struct Finding {
  enum class State { ok, look, wrong };

  State state = State::ok;
  std::string what;         // one or two words: "disk space"
  std::string says;         // what is so
  std::string advice = {};  // what to do; empty where all is well
};

using Findings = std::vector<Finding>;

/// All of them, in the order they are told.
[[nodiscard]] Findings examine(const Config& config, const kernel::Clock& clock);

// The parts of examine.
void examine_options(const Config& config, Findings& findings);
void examine_database(const Config& config, const kernel::Clock& clock, Findings& findings);
void examine_machine(const Config& config, const kernel::Clock& clock, Findings& findings);
void examine_network(const Config& config, Findings& findings);

/// Where it is not, a node would not start, or not keep what it promises.
[[nodiscard]] bool is_well(const Findings& findings);

[[nodiscard]] std::string findings_text(const Findings& findings, bool coloured);
/// {"well":…,"findings":[{"state":…,"what":…,"says":…,"advice":…}]}
[[nodiscard]] std::string findings_json(const Findings& findings);

/// Prints them as the config asks; returns the exit code.
[[nodiscard]] int doctor(const Config& config);

/// "1.5 GiB".
[[nodiscard]] std::string size_in_words(std::uintmax_t bytes);

}  // namespace orbit::app
