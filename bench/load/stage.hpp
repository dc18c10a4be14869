// Stage: what the measurements share: a node with a workspace that is full of people, and the folder that it lies in.
// Belongs to the main thread.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>

#include "load/node_process.hpp"
#include "load/world.hpp"

namespace orbit::bench {

struct StageOptions {
  std::filesystem::path program;
  std::filesystem::path directory;
  std::vector<std::string> node_flags = {};
  WorldShape shape;
};

class Stage {
 public:
  /// Starts a node on a new database, and fills it.
  [[nodiscard]] static Outcome<std::unique_ptr<Stage>> set(const StageOptions& options);

  [[nodiscard]] Poller& poller() { return poller_; }
  [[nodiscard]] NodeProcess& node() { return node_; }
  [[nodiscard]] World& world() { return *world_; }
  [[nodiscard]] const StageOptions& options() const { return options_; }

  /// Stops the node in order, and starts it again with flags beside its usual ones; with none for who comes next.
  [[nodiscard]] Outcome<> restart(const std::vector<std::string>& flags = {});

  /// Workspaces for tabs to be spread over: the stage's own where one is wanted, else that many new ones, of so many
  /// members each. They are the stage's.
  [[nodiscard]] Outcome<std::vector<World*>> places(std::size_t count, std::size_t members);

  /// Another node on the same database, with these flags too; this one's must not run meanwhile.
  [[nodiscard]] NodeOptions node_with(const std::vector<std::string>& flags) const;

  /// For a node elsewhere; while the stage's own doesn't run.
  [[nodiscard]] Outcome<> copy_database(const std::filesystem::path& to) const;

  /// Lets the node come to rest, while those connected go on reading.
  void rest(Clock::duration duration);

 private:
  explicit Stage(const StageOptions& options);

  StageOptions options_;
  Poller poller_;
  NodeProcess node_;
  std::optional<World> world_;
  std::deque<World> branches_;
};

}  // namespace orbit::bench
