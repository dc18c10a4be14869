// What it costs a node to bring a tab up to date: from memory, from the log, and by hydrating anew, in turns.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace orbit::bench {

struct ResumeOptions {
  std::vector<std::size_t> missed{20, 500};
  std::size_t beyond_memory = 2'000;  // events missed: more than are kept in memory; 0 to leave it out
  std::size_t tabs = 400;             // of each kind in each round
  std::size_t at_once = 1;
  std::size_t online = 20;  // people with a tab open all the time: those tabs' presence doesn't change
  std::size_t rounds = 7;
};

[[nodiscard]] Outcome<Section> measure_resume(Stage& stage, const ResumeOptions& options);

}  // namespace orbit::bench
