#include "load/idle_bench.hpp"

#include <algorithm>

#include "load/idle_crowd.hpp"

namespace orbit::bench {

namespace {

// As many tabs are open.
struct Step {
  std::size_t tabs = 0;
  double memory_kb = 0;
  double seconds = 0;  // that they stayed until each had answered a ping
};

class IdleBench {
 public:
  IdleBench(Stage& stage, const IdleOptions& options) : stage_(stage), options_(options) {}

  Outcome<Section> go() {
    auto places = stage_.places(options_.workspaces, options_.branch_members);
    if (!places) return std::unexpected(places.error());
    // A node that has just started has none of the memory that making the workspaces took.
    const std::vector<std::string> flags{"--heartbeat", std::to_string(options_.heartbeat_ms) + "ms",
                                         "--sockets-per-member", "1000"};
    if (auto started = stage_.restart(flags); !started) return std::unexpected(started.error());
    IdleCrowd crowd(stage_, *std::move(places));
    // Not memory of connections: code that is read in, pools of the threads.
    if (auto warm = crowd.grow_to(std::min<std::size_t>(100, options_.tabs.front())); !warm) {
      return std::unexpected(warm.error());
    }
    crowd.leave();
    stage_.rest(std::chrono::milliseconds(500));
    steps_.push_back({0, stage_.node().memory_kb(), 0});
    for (const std::size_t tabs : options_.tabs) {
      say("Idle: " + std::to_string(tabs) + " tabs, for a heartbeat of all");
      if (auto grown = crowd.grow_to(tabs); !grown) return std::unexpected(grown.error());
      const auto began = Clock::now();
      const auto patience = 3 * std::chrono::milliseconds(options_.heartbeat_ms) + std::chrono::seconds(5);
      if (auto pinged = crowd.await_pings(patience); !pinged) return std::unexpected(pinged.error());
      steps_.push_back({tabs, stage_.node().memory_kb(), milliseconds(Clock::now() - began) / 1000});
    }
    return section();
  }

 private:
  [[nodiscard]] double growth_kb() const { return steps_.back().memory_kb - steps_.front().memory_kb; }

  Section section() const {
    Table table({"idle tabs", "node MB", "kB each", "kB each of the last"});
    Json steps_json = Json::array();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      const Step& before = steps_[i == 0 ? 0 : i - 1];
      const auto each = [&](const Step& from) {
        const auto more = static_cast<double>(step.tabs - from.tabs);
        return more > 0 ? (step.memory_kb - from.memory_kb) / more : 0;
      };
      table.add({number(static_cast<double>(step.tabs)), number(step.memory_kb / 1024, 1),
                 number(each(steps_.front()), 2), number(each(before), 2)});
      Json entry = Json::object();
      entry.set("tabs", static_cast<double>(step.tabs)).set("memory_kb", step.memory_kb);
      entry.set("kb_each", each(steps_.front())).set("kb_each_of_the_last", each(before));
      steps_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("workspaces", static_cast<double>(options_.workspaces));
    json.set("heartbeat_ms", static_cast<double>(options_.heartbeat_ms));
    json.set("steps", std::move(steps_json));
    const bool many = options_.workspaces > 1;
    return {many ? "idle_in_many_workspaces" : "idle",
            "Memory of idle connections",
            {"VmRSS of the node; with all of them " + number(growth_kb() / 1024, 1) +
                 " MB more than with none. The kernel's buffers are not in it.",
             number(static_cast<double>(options_.workspaces)) +
                 " workspace(s). Memory is read once each tab is joined and has answered a ping; the last step took " +
                 number(steps_.back().seconds) + " s."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const IdleOptions& options_;
  std::vector<Step> steps_;
};

}  // namespace

Outcome<Section> measure_idle(Stage& stage, const IdleOptions& options) {
  auto section = IdleBench(stage, options).go();
  if (auto back = stage.restart(); !back) return std::unexpected(back.error());
  return section;
}

}  // namespace orbit::bench
