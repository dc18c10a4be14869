#include "load/cluster_bench.hpp"

#include <algorithm>
#include <deque>
#include <memory>

#include "load/arrivals.hpp"
#include "load/node_process.hpp"
#include "load/paced_commands.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

struct Way {
  std::size_t nodes = 1;
  std::size_t rate = 0;
  Samples here_ms = {};       // from when a command was due until the last tab of its own node had its event
  Samples elsewhere_ms = {};  // and until those of the other nodes had
  double first_cpu_us = 0;    // an event: of the node that commits,
  double others_cpu_us = 0;   // of each other node,
  double servers_cpu_us = 0;  // of the servers
};

struct Member {
  std::unique_ptr<NodeProcess> node;
  std::unique_ptr<TabFleet> fleet;
  std::optional<Arrivals> arrivals = {};
  double cpu_before = 0;
};

class ClusterBench {
 public:
  explicit ClusterBench(const ClusterOptions& options) : options_(options) {}

  Outcome<std::vector<Section>> go() {
    std::filesystem::create_directories(options_.directory);
    for (const std::size_t size : options_.sizes) {
      if (auto measured = measure(size); !measured) return std::unexpected(measured.error());
    }
    std::vector<Section> sections{path_section()};
    if (!offline_ms_.is_empty()) sections.push_back(offline_section());
    return sections;
  }

 private:
  Outcome<> measure(std::size_t size) {
    say("Cluster: " + std::to_string(size) + " nodes, " + options_.backplane);
    for (std::size_t i = 0; i < size; ++i) {
      if (auto added = add_node(i, size); !added) return added;
    }
    const unsigned short first = members_.front().node->port();
    auto world = world_ ? Outcome<World>(world_->at(first)) : World::build(poller_, first, options_.shape);
    if (!world) return std::unexpected(world.error());
    world_ = *std::move(world);
    if (auto opened = open_tabs(); !opened) return opened;
    for (const std::size_t rate : options_.rates) {
      if (auto paced = pace(rate); !paced) return paced;
    }
    if (size > 1) {
      for (std::size_t i = 0; i < options_.kills; ++i) {
        if (auto killed = kill_last(); !killed) return killed;
      }
    }
    members_.clear();
    return {};
  }

  Outcome<> add_node(std::size_t number, std::size_t size) {
    NodeOptions node{options_.program,
                     options_.directory / ("node" + std::to_string(number)),
                     {"--demo", "--presence-grace", "0s"},
                     options_.database};
    if (size > 1) {
      node.flags.insert(node.flags.end(),
                        {"--backplane", options_.backplane, "--node-name", "n" + std::to_string(number)});
    }
    Member& member = members_.emplace_back(std::make_unique<NodeProcess>(std::move(node)), nullptr);
    if (auto started = member.node->start(); !started) return started;
    member.fleet = std::make_unique<TabFleet>(poller_, member.node->port());
    member.fleet->on_event([&member](std::uint64_t seq) {
      if (member.arrivals) member.arrivals->note(seq);
    });
    return {};
  }

  [[nodiscard]] std::size_t tabs_of(std::size_t number) const {
    return options_.tabs / members_.size() + (number < options_.tabs % members_.size() ? 1 : 0);
  }

  Outcome<> open_tabs() {
    std::size_t person = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const World there = world_->at(members_[i].node->port());
      std::vector<TabPlan> plans;
      for (std::size_t tab = 0; tab < tabs_of(i); ++tab) plans.push_back(there.tab(person++, std::nullopt));
      const auto opened = members_[i].fleet->open(std::move(plans), {.at_once = 20, .keep_open = true});
      if (!opened) return std::unexpected(opened.error());
    }
    return {};
  }

  Outcome<> pace(std::size_t rate) {
    poller_.turn_until([] { return false; }, Clock::now() + std::chrono::milliseconds(500));
    const auto head = world_->head(poller_);
    if (!head) return std::unexpected(head.error());
    const auto count = std::max<std::size_t>(static_cast<std::size_t>(options_.seconds * static_cast<double>(rate)), 1);
    for (std::size_t i = 0; i < members_.size(); ++i) {
      members_[i].arrivals.emplace(head->seq, count, tabs_of(i));
      members_[i].cpu_before = members_[i].node->cpu_us();
    }
    const double servers_before = servers_cpu_us();
    PacedCommands commands(poller_, {members_.front().node->port(), options_.connections, static_cast<double>(rate),
                                     count, [&] { return world_->next_command(); }});
    commands.start();
    const bool all = poller_.turn_until(
        [&] {
          const auto complete = [](const Member& member) { return member.arrivals->complete(); };
          return commands.failure() || (commands.done() && std::ranges::all_of(members_, complete));
        },
        Clock::now() + std::chrono::seconds(60) + std::chrono::seconds(static_cast<long>(4 * options_.seconds)));
    if (commands.failure()) return std::unexpected(*commands.failure());
    if (!all) return failure("not every tab got every event in time");
    add_way(rate, count, commands, servers_before);
    return {};
  }

  void add_way(std::size_t rate, std::size_t count, const PacedCommands& commands, double servers_before) {
    Way& way = ways_.emplace_back(Way{.nodes = members_.size(), .rate = rate});
    const auto events = static_cast<double>(count);
    way.servers_cpu_us = (servers_cpu_us() - servers_before) / events;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[i];
      Samples& samples = i == 0 ? way.here_ms : way.elsewhere_ms;
      for (std::size_t event = 0; event < count; ++event) {
        samples.add(milliseconds(member.arrivals->last(event) - commands.due(event)));
      }
      const double cpu_us = (member.node->cpu_us() - member.cpu_before) / events;
      if (i == 0) {
        way.first_cpu_us = cpu_us;
      } else {
        way.others_cpu_us += cpu_us / static_cast<double>(members_.size() - 1);
      }
      member.arrivals.reset();
    }
  }

  [[nodiscard]] double servers_cpu_us() const {
    double us = 0;
    for (const int pid : options_.servers) us += family_cpu_us(pid);
    return us;
  }

  // Until the tabs of the first node have heard of everyone whose only tabs were on the last.
  Outcome<> kill_last() {
    Member& last = members_.back();
    const std::size_t missing_from_now = tabs_of(members_.size() - 1) * tabs_of(0);
    std::size_t heard = 0;
    members_.front().fleet->on_presence([&](std::string_view update) {
      if (update.contains(R"("online":false)")) ++heard;
    });
    const auto killed = Clock::now();
    last.node->kill();
    last.fleet->close();
    const bool all =
        poller_.turn_until([&] { return heard >= missing_from_now; }, Clock::now() + std::chrono::seconds(60));
    members_.front().fleet->on_presence(nullptr);
    if (!all) return failure("not every tab heard that those of a killed node are gone");
    offline_ms_.add(milliseconds(Clock::now() - killed));
    if (auto started = last.node->start(); !started) return started;
    const World there = world_->at(last.node->port());
    std::vector<TabPlan> plans;
    const std::size_t before = options_.tabs - tabs_of(members_.size() - 1);
    for (std::size_t i = before; i < options_.tabs; ++i) plans.push_back(there.tab(i, std::nullopt));
    const auto opened = last.fleet->open(std::move(plans), {.at_once = 20, .keep_open = true});
    if (!opened) return std::unexpected(opened.error());
    poller_.turn_until([] { return false; }, Clock::now() + std::chrono::seconds(2));
    return {};
  }

  [[nodiscard]] Section path_section() const {
    Table table({"nodes", "asked a second", "same node p50 ms", "p99 ms", "other nodes p50 ms", "p99 ms",
                 "CPU µs an event: committing", "each other", "servers", "all"});
    Json ways = Json::array();
    for (const Way& way : ways_) {
      const double all = way.first_cpu_us + static_cast<double>(way.nodes - 1) * way.others_cpu_us + way.servers_cpu_us;
      const bool alone = way.elsewhere_ms.is_empty();
      table.add({number(static_cast<double>(way.nodes)), number(static_cast<double>(way.rate)),
                 number(way.here_ms.percentile(50), 2), number(way.here_ms.percentile(99), 2),
                 alone ? "–" : number(way.elsewhere_ms.percentile(50), 2),
                 alone ? "–" : number(way.elsewhere_ms.percentile(99), 2), number(way.first_cpu_us),
                 alone ? "–" : number(way.others_cpu_us), number(way.servers_cpu_us), number(all)});
      Json entry = Json::object();
      entry.set("nodes", static_cast<double>(way.nodes)).set("commands_per_s", static_cast<double>(way.rate));
      entry.set("same_node_ms", Json::percentiles(way.here_ms));
      entry.set("other_nodes_ms", Json::percentiles(way.elsewhere_ms));
      entry.set("committing_cpu_us", way.first_cpu_us).set("other_cpu_us", way.others_cpu_us);
      entry.set("servers_cpu_us", way.servers_cpu_us);
      ways.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("backplane", options_.backplane).set("tabs", static_cast<double>(options_.tabs));
    json.set("ways", std::move(ways));
    return {
        "cluster_path",
        "From a command on one node to tabs on it and on others, " +
            options_.backplane.substr(0, options_.backplane.find(':')),
        {number(static_cast<double>(options_.tabs)) + " tabs spread over the nodes; every command is asked of the "
                                                      "first and makes one event that every tab gets.",
         "From when a command was due until the last tab had its event. CPU of one core; servers: PostgreSQL and the "
         "broker."},
        std::move(table),
        std::move(json)};
  }

  [[nodiscard]] Section offline_section() const {
    Table table({"kills", "least ms", "median ms", "most ms"});
    table.add({number(static_cast<double>(offline_ms_.size())), number(offline_ms_.least()),
               number(offline_ms_.median()), number(offline_ms_.most())});
    Json json = Json::object();
    json.set("offline_ms", Json::percentiles(offline_ms_));
    return {"cluster_offline",
            "From kill -9 of a node until tabs elsewhere were told that its people are offline",
            {"The nodes' lease is its default; those people had no tab on another node."},
            std::move(table),
            std::move(json)};
  }

  const ClusterOptions& options_;
  Poller poller_;
  std::optional<World> world_;
  std::deque<Member> members_;
  std::vector<Way> ways_;
  Samples offline_ms_;
};

}  // namespace

Outcome<std::vector<Section>> measure_cluster(const ClusterOptions& options) { return ClusterBench(options).go(); }

}  // namespace orbit::bench
