#include "load/stage.hpp"

#include "load/report.hpp"

namespace orbit::bench {

namespace {

// Grace would only delay what happens to presence between two measurements.
std::vector<std::string> flags_of(const StageOptions& options) {
  std::vector<std::string> flags{"--demo", "--presence-grace", "0s"};
  flags.insert(flags.end(), options.node_flags.begin(), options.node_flags.end());
  return flags;
}

}  // namespace

Stage::Stage(const StageOptions& options)
    : options_(options), node_({options.program, options.directory / "orbit.db", flags_of(options)}) {}

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

Outcome<> Stage::restart(const std::vector<std::string>& flags) {
  std::vector<std::string> all = flags_of(options_);
  all.insert(all.end(), flags.begin(), flags.end());
  node_.stop();
  node_.use_flags(std::move(all));
  return node_.start();
}

Outcome<std::vector<World*>> Stage::places(std::size_t count, std::size_t members) {
  if (count == 1) return std::vector{&*world_};
  say(std::to_string(count) + " workspaces of " + std::to_string(members) + " members");
  std::vector<World*> places;
  for (std::size_t i = 0; i < count; ++i) {
    auto branch = world_->branch(poller_, branches_.size(), members, i * members);
    if (!branch) return std::unexpected(branch.error());
    places.push_back(&branches_.emplace_back(*std::move(branch)));
  }
  return places;
}

NodeOptions Stage::node_with(const std::vector<std::string>& flags) const {
  NodeOptions node{options_.program, options_.directory / "orbit.db", flags_of(options_)};
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
