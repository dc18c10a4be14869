// orbit-backplane URL: what it takes a message to get from one node to another by the broker at that URL. First one
// message at a time, there and back, then as many as the broker takes.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "cluster/testing/backplane_node.hpp"

namespace {

using namespace orbit::cluster;
using Clock = std::chrono::steady_clock;
using Heard = BackplaneNode::Heard;

constexpr int round_trips = 3'000;
constexpr int warm_up = 300;
constexpr std::chrono::seconds throughput_time{3};
constexpr std::size_t window = 2'000;  // messages under way

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void require(bool is_true, const std::string& what) {
  if (is_true) return;
  std::fprintf(stderr, "orbit-backplane: %s\n", what.c_str());
  std::exit(1);
}

std::unique_ptr<BackplaneNode> make_node(const std::string& url, const std::string& subject) {
  auto node = std::make_unique<BackplaneNode>(url);
  node->subscribe(subject);
  require(node->comes_to([](const Heard& heard) { return heard.subscribed.size() == 1; }),
          "can't connect to the broker");
  return node;
}

// From publishing on one node until the other's realtime thread has the message; waking this program's own thread,
// which plays the part of both nodes' callers, is part of it.
void measure_latency(const std::string& url, std::size_t bytes) {
  const auto from = make_node(url, "orbit.bench.none");
  const auto to = make_node(url, "orbit.bench.latency");
  const std::string message(bytes, 'x');
  std::vector<double> times;
  for (int i = 0; i < round_trips + warm_up; ++i) {
    const auto start = Clock::now();
    from->publish("orbit.bench.latency", message);
    require(to->comes_to([](const Heard& heard) { return !heard.messages.empty(); }), "a message was lost");
    if (i >= warm_up) times.push_back(microseconds_since(start));
    to->forget_messages();
  }
  std::ranges::sort(times);
  std::printf("%5zu bytes: p50 %.0f us, p99 %.0f us from publish to received\n", bytes, times[times.size() / 2],
              times[times.size() * 99 / 100]);
}

void measure_throughput(const std::string& url, std::size_t bytes) {
  const auto from = make_node(url, "orbit.bench.none");
  const auto to = make_node(url, "orbit.bench.throughput");
  const std::string message(bytes, 'x');
  std::size_t received = 0;
  const auto start = Clock::now();
  while (Clock::now() - start < throughput_time) {
    from->run([&](Backplane& backplane) {
      for (std::size_t i = 0; i < window; ++i) backplane.publish("orbit.bench.throughput", message);
    });
    require(to->comes_to([](const Heard& heard) { return heard.messages.size() == window; }), "a message was lost");
    received += window;
    to->forget_messages();
  }
  std::printf("%5zu bytes: %.0f messages a second, %zu at a time\n", bytes,
              static_cast<double>(received) / microseconds_since(start) * 1e6, window);
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 2, "say the URL of a backplane");
  spdlog::set_level(spdlog::level::warn);
  const std::string url = argv[1];
  for (const std::size_t bytes : {std::size_t{200}, std::size_t{2'000}}) measure_latency(url, bytes);
  for (const std::size_t bytes : {std::size_t{200}, std::size_t{2'000}}) measure_throughput(url, bytes);
}
