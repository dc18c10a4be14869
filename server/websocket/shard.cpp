#include "websocket/shard.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "websocket/command_queue.hpp"
#include "websocket/socket_loop.hpp"

namespace orbit::websocket {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Often enough for every spoke of the heartbeat's wheel, within reason.
std::chrono::milliseconds tick_period(const ShardOptions& options) {
  using std::chrono::milliseconds;
  return std::clamp<milliseconds>(options.heartbeat / HeartbeatWheel::spokes, milliseconds(10), milliseconds(100));
}

}  // namespace

/// Drives the SocketLoop from the io_context. Handlers never outlive the shard: see Shard's constructor.
class Shard::Impl {
 public:
  Impl(Shard& shard, asio::io_context& context, realtime::SocketEvents& events, const kernel::Clock& clock,
       kernel::MetricsRegistry& metrics, const ShardOptions& options)
      : options_(options),
        events_(events),
        context_(context),
        commands_(options.max_pending_calls, clock, metrics),
        loop_(shard, events, clock, metrics, options),
        ready_(context, loop_.descriptor()),
        timer_(context) {
    wait_until_ready();
    wait_for_tick();
  }

  ~Impl() { ready_.release(); }

  void push(Command command) {
    if (commands_.push(std::move(command))) wake();
  }

  realtime::SocketId adopt(int descriptor, const realtime::SocketIdentity& identity, const HandshakeAccept& handshake,
                           std::string_view leftover, const std::optional<realtime::StreamCursor>& cursor,
                           std::shared_ptr<void> lease) {
    const auto id = loop_.adopt(descriptor, identity, handshake, leftover, cursor, std::move(lease));
    end_turn();
    return id;
  }

  void tick() {
    if (commands_.take_dropped()) events_.broadcasts_dropped();
    loop_.tick();
    end_turn();
  }

  void with_reports(std::vector<realtime::SocketSlot> slots, WithReports callback) {
    asio::post(context_, [this, slots = std::move(slots), callback = std::move(callback)]() mutable {
      ConnectionReports reports;
      for (const realtime::SocketSlot slot : slots) reports.push_back(loop_.report(slot));
      callback(std::move(reports));
    });
  }

  [[nodiscard]] std::chrono::nanoseconds oldest_wait() const { return commands_.oldest_wait(); }
  [[nodiscard]] bool accepting() const { return !draining_ && connections_ < options_.max_connections; }
  [[nodiscard]] std::size_t connection_count() const { return connections_; }

 private:
  void wake() {
    asio::post(context_, [this] { run_commands(); });
  }

  /// Runs commands up to a full turn. A batch that is longer goes on after the other handlers had theirs; meanwhile no
  /// other batch is taken, which keeps the order.
  void run_commands() {
    if (batch_.empty()) missing_ = commands_.take(batch_);
    while (next_ < batch_.size() && !loop_.turn_is_full()) {
      std::visit([this](auto& command) { loop_.execute(command); }, batch_[next_++]);
    }
    const bool done = next_ == batch_.size();
    if (done && missing_ == CommandQueue::Missing::durable_frames) loop_.evict_all();
    end_turn();
    if (!done) return wake();
    batch_.clear();
    next_ = 0;
    commands_.batch_done();
  }

  void wait_until_ready() {
    ready_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
      if (error) return;
      loop_.process_ready();
      end_turn();
      wait_until_ready();
    });
  }

  void wait_for_tick() {
    timer_.expires_after(tick_period(options_));
    timer_.async_wait([this](error_code error) {
      if (error) return;
      tick();
      wait_for_tick();
    });
  }

  void end_turn() {
    loop_.end_turn();
    connections_ = loop_.connection_count();
    draining_ = loop_.draining();
  }

  const ShardOptions options_;
  realtime::SocketEvents& events_;
  asio::io_context& context_;
  CommandQueue commands_;
  std::vector<Command> batch_;
  std::size_t next_ = 0;                                            // of the batch
  CommandQueue::Missing missing_ = CommandQueue::Missing::nothing;  // after it
  SocketLoop loop_;
  asio::posix::stream_descriptor ready_;
  asio::steady_timer timer_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<bool> draining_ = false;
};

Shard::Shard(asio::io_context& context, realtime::SocketEvents& events, const kernel::Clock& clock,
             kernel::MetricsRegistry& metrics, const ShardOptions& options)
    : impl_(std::make_unique<Impl>(*this, context, events, clock, metrics, options)) {}

Shard::~Shard() = default;

void Shard::subscribe(realtime::SocketSlot slot, realtime::ChannelIndex channel) {
  impl_->push(SubscribeCommand{slot, channel});
}

void Shard::unsubscribe(realtime::SocketSlot slot, realtime::ChannelIndex channel) {
  impl_->push(UnsubscribeCommand{slot, channel});
}

void Shard::broadcast(std::span<const realtime::ChannelIndex> channels, realtime::SharedFrame frame) {
  impl_->push(BroadcastCommand{{channels.begin(), channels.end()}, std::move(frame)});
}

void Shard::send(realtime::SocketSlot slot, realtime::SharedFrame frame) {
  impl_->push(SendCommand{slot, std::move(frame)});
}

void Shard::close(realtime::SocketSlot slot, realtime::CloseCode code, std::string_view reason) {
  impl_->push(CloseCommand{slot, code, std::string(reason)});
}

realtime::SocketId Shard::adopt(int descriptor, const realtime::SocketIdentity& identity,
                                const HandshakeAccept& handshake, std::string_view leftover,
                                const std::optional<realtime::StreamCursor>& cursor, std::shared_ptr<void> lease) {
  return impl_->adopt(descriptor, identity, handshake, leftover, cursor, std::move(lease));
}

std::chrono::nanoseconds Shard::oldest_wait() const { return impl_->oldest_wait(); }

bool Shard::accepting() const { return impl_->accepting(); }

std::size_t Shard::connection_count() const { return impl_->connection_count(); }

void Shard::drain(std::chrono::milliseconds over, std::move_only_function<void()> on_empty) {
  impl_->push(DrainCommand{over, std::move(on_empty)});
}

void Shard::with_reports(std::vector<realtime::SocketSlot> slots, WithReports callback) const {
  impl_->with_reports(std::move(slots), std::move(callback));
}

void Shard::tick() { impl_->tick(); }

}  // namespace orbit::websocket
