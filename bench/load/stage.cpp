#include "load/stage.hpp"

#include "load/report.hpp"

namespace orbit::bench {

namespace {

// Grace would only delay what happens to presence between two measurements.
NodeOptions node_options(const StageOptions& options) {
  NodeOptions node{options.program, options.directory / "orbit.db", {"--demo", "--presence-grace", "0s"}};
  node.flags.insert(node.flags.end(), options.node_flags.begin(), options.node_flags.end());
  return node;
}

}  // namespace

Stage::Stage(const StageOptions& options) : options_(options), node_(node_options(options)) {}

Outcome<std::unique_ptr<Stage>> Stage::set(const StageOptions& options) {
  std::error_code error;
  std::filesystem::remove_all(options.directory, error);
  if (!std::filesystem::create_directories(options.directory, error)) {
    return failure("can't make " + options.directory.string());
  }
  std::unique_ptr<Stage> stage(new Stage(options));
  if (auto started = stage->node_.start(); !started) return std::unexpected(started.error());
  say("A workspace of " + std::to_string(options.shape.members) + " members: their passwords take a while to hash");
  auto world = World::build(stage->poller_, stage->node_.port(), options.shape);
  if (!world) return std::unexpected(world.error());
  stage->world_ = *std::move(world);
  return stage;
}

NodeOptions Stage::node_with(const std::vector<std::string>& flags) const {
  NodeOptions node = node_options(options_);
  node.flags.insert(node.flags.end(), flags.begin(), flags.end());
  return node;
}

Outcome<> Stage::copy_database(const std::filesystem::path& to) const {
  const auto from = options_.directory / "orbit.db";
  std::error_code error;
  for (const char* part : {"", "-wal"}) {
    if (!std::filesystem::exists(from.string() + part)) continue;
    std::filesystem::copy_file(from.string() + part, to.string() + part, error);
    if (error) return failure("can't copy the database: " + error.message());
  }
  return {};
}

void Stage::rest(Clock::duration duration) {
  poller_.turn_until([] { return false; }, Clock::now() + duration);
}

}  // namespace orbit::bench
