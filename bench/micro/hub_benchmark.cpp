// The hub's registry by itself: the shard that it tells takes no notice.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "kernel/clock.hpp"
#include "realtime/channel.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "websocket/frame_codec.hpp"

namespace orbit::bench {
namespace {

class DeafShard final : public realtime::FanoutShard {
 public:
  void subscribe(realtime::SocketSlot, realtime::ChannelIndex) override {}
  void unsubscribe(realtime::SocketSlot, realtime::ChannelIndex) override {}
  void broadcast(std::span<const realtime::ChannelIndex> channels, realtime::SharedFrame frame) override {
    benchmark::DoNotOptimize(channels.data());
    benchmark::DoNotOptimize(frame.get());
  }
  void send(realtime::SocketSlot, realtime::SharedFrame) override {}
  void close(realtime::SocketSlot, realtime::CloseCode, std::string_view) override {}
};

// A hub with that many sockets of one workspace, each on its workspace's and its member's channel.
class FullHub {
 public:
  explicit FullHub(std::int64_t sockets) {
    for (std::int64_t i = 0; i < sockets; ++i) {
      const auto socket = make();
      hub.register_socket(socket);
      hub.subscribe(socket.id, workspace_channel);
      hub.subscribe(socket.id, realtime::member_channel(socket.identity.member));
    }
  }

  realtime::SocketHandle make() {
    const realtime::SocketIdentity identity{workspace, kernel::MemberId::create(clock), kernel::UserId::create(clock),
                                            kernel::SessionId::create(clock)};
    return {++last_id, identity, &shard, {static_cast<std::uint32_t>(last_id), 0}};
  }

  kernel::SystemClock clock;
  kernel::MetricsRegistry metrics;
  DeafShard shard;
  realtime::InProcessRealtimeHub hub{metrics};
  const kernel::WorkspaceId workspace = kernel::WorkspaceId::create(clock);
  const std::string workspace_channel = realtime::workspace_channel(workspace);
  realtime::SocketId last_id = 0;
};

void subscribe(benchmark::State& state) {
  FullHub full(state.range(0));
  const auto socket = full.make();
  full.hub.register_socket(socket);
  for (auto _ : state) {
    full.hub.subscribe(socket.id, full.workspace_channel);
    full.hub.unsubscribe(socket.id, full.workspace_channel);
  }
}
BENCHMARK(subscribe)->Name("hub/subscribe_unsubscribe")->Arg(1'000)->Arg(15'000);

void subscribe_first(benchmark::State& state) {
  FullHub full(state.range(0));
  const auto socket = full.make();
  full.hub.register_socket(socket);
  for (auto _ : state) {
    full.hub.subscribe(socket.id, "room:of its own");
    full.hub.unsubscribe(socket.id, "room:of its own");
  }
}
BENCHMARK(subscribe_first)->Name("hub/first_and_last_of_a_channel")->Arg(15'000);

void come_and_go(benchmark::State& state) {
  FullHub full(state.range(0));
  const auto socket = full.make();
  const std::string member_channel = realtime::member_channel(socket.identity.member);
  for (auto _ : state) {
    full.hub.register_socket(socket);
    full.hub.subscribe(socket.id, full.workspace_channel);
    full.hub.subscribe(socket.id, member_channel);
    full.hub.unregister_socket(socket.id);
  }
}
BENCHMARK(come_and_go)->Name("hub/come_and_go")->Arg(1'000)->Arg(15'000);

// However many sockets: the walk over them is the shard's.
void broadcast(benchmark::State& state) {
  FullHub full(state.range(0));
  const auto frame = websocket::encode_frame(websocket::Opcode::text, "{}", 1);
  for (auto _ : state) full.hub.broadcast(full.workspace_channel, frame);
}
BENCHMARK(broadcast)->Name("hub/broadcast")->Arg(1)->Arg(1'000)->Arg(15'000);

}  // namespace
}  // namespace orbit::bench
