// Stage: what the measurements share: a node with a workspace that is full of people, and the folder that it lies in.
// Belongs to the main thread.
#pragma once

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
};

}  // namespace orbit::bench
