// A shard's turn: a broadcast on its way to N sockets, with and without the kernel's part.
#include <benchmark/benchmark.h>

#include <deque>

#include "micro/texts.hpp"
#include "websocket/fanout_table.hpp"
#include "websocket/shard_harness.hpp"
#include "websocket/turn_buffer.hpp"

namespace orbit::bench {
namespace {

using websocket::Opcode;

constexpr realtime::ChannelIndex channel = 0;

// What the walk costs in user space: each subscriber is appended to the turn, and its bytes are joined.
void walk(benchmark::State& state) {
  const auto sockets = static_cast<std::uint32_t>(state.range(0));
  const auto frames = state.range(1);
  websocket::FanoutTable fanout;
  for (std::uint32_t i = 0; i < sockets; ++i) fanout.subscribe(i, channel);
  const auto frame = websocket::encode_frame(Opcode::text, ascii(64), 1);
  websocket::TurnBuffer turn;
  for (auto _ : state) {
    for (int i = 0; i < frames; ++i) {
      const auto index = turn.add(frame);
      for (const std::uint32_t slot : fanout.subscribers(channel)) turn.append(slot, index);
    }
    for (const std::uint32_t slot : turn.slots()) {
      const auto part = turn.join(turn.take(slot), false);
      benchmark::DoNotOptimize(part.bytes.data());
    }
    turn.clear();
  }
  state.SetItemsProcessed(state.iterations() * sockets * frames);
}
BENCHMARK(walk)->Name("shard/walk")->ArgsProduct({{1'000, 15'000}, {1, 16}})->ArgNames({"sockets", "frames"});

void subscribe(benchmark::State& state) {
  websocket::FanoutTable fanout;
  for (std::uint32_t i = 0; i < 1'000; ++i) fanout.subscribe(i, channel);
  for (auto _ : state) {
    fanout.subscribe(1'000, channel);
    fanout.unsubscribe(1'000, channel);
  }
}
BENCHMARK(subscribe)->Name("shard/subscribe_unsubscribe");

// All of it, over socket pairs. Reading at the other end is left out of the time.
void broadcast(benchmark::State& state) {
  const auto sockets = static_cast<std::size_t>(state.range(0));
  const auto frames = state.range(1);
  websocket::ShardHarness harness;
  std::deque<websocket::Client> clients;
  for (std::size_t i = 0; i < sockets; ++i) {
    clients.push_back(harness.connect());
    harness.subscribe(i, channel);
  }
  harness.run();
  const std::string text = ascii(64);
  for (auto _ : state) {
    for (int i = 0; i < frames; ++i) harness.broadcast({channel}, text);
    harness.run();
    state.PauseTiming();
    for (auto& client : clients) benchmark::DoNotOptimize(client.read());
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * frames);
}
BENCHMARK(broadcast)
    ->Name("shard/broadcast")
    ->ArgsProduct({{10, 100, 1'000}, {1, 16}})
    ->ArgNames({"sockets", "frames"})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace orbit::bench
