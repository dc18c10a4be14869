// Tab: one WebSocket, from the first attempt to connect until it is up to date, and on. It tries again where it is
// refused. Belongs to the poller's thread; not to be destroyed from within the poller's turn.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "load/backoff.hpp"
#include "load/frame_scanner.hpp"
#include "load/http_connection.hpp"
#include "load/poller.hpp"

namespace orbit::bench {

struct TabPlan {
  std::string handshake;      // the whole request
  std::string snapshot = {};  // the whole request for a snapshot to hydrate from, after `hello`; empty for none
  std::optional<std::uint64_t> after = {};  // the cursor that the handshake tells
  std::uint64_t head = 0;                   // the seq that the tab must have come to when it is live
  int receive_buffer = 0;                   // see start_connecting
};

/// What happened to a tab.
struct TabStory {
  TimePoint started;
  TimePoint greeted;         // by hello
  TimePoint live;            // everything is here: all events up to the plan's head, and the snapshot if there is one
  std::size_t refusals = 0;  // 503, and connections that broke before hello
  std::size_t durable_frames = 0;
  std::size_t frames = 0;
  std::size_t pings = 0;                 // that were answered
  std::size_t reads = 0;                 // that brought something
  std::uint64_t bytes = 0;               // of the socket and the snapshot
  std::uint64_t seq = 0;                 // the latest
  std::optional<std::uint64_t> counted;  // how many are online, as a large workspace tells
  int close_code = 0;                    // that the node closed it with
  bool resynced = false;
  bool resumed = false;  // hello said that the stream goes on where the cursor is
};

class Tab final : PollHandler {
 public:
  struct Context {
    Poller& poller;
    unsigned short port;
    std::minstd_rand random{1};
    std::vector<std::size_t> settled =
        {};  // numbers of tabs: those that are live, and had that confirmed; those that never will be
    std::function<void(std::uint64_t seq)> on_event = nullptr;  // told of each durable event of each tab
    std::function<void(std::string_view)> on_signal = {};       // each room.signal, as far as it is kept
    std::function<void(std::string_view)> on_presence = {};     // each presence.update
  };

  Tab(Context& context, std::size_t number, TabPlan plan)
      : context_(context), number_(number), plan_(std::move(plan)) {}
  Tab(const Tab&) = delete;
  Tab& operator=(const Tab&) = delete;
  ~Tab() { disconnect(); }

  void open();

  /// Leaves what comes to the kernel from now on, as a tab whose machine fell asleep; and reads on.
  void stop_reading();
  void read_on();

  /// Sends a text. For tabs that are live.
  void say(std::string_view text) { push(masked_frame(Opcode::text, text)); }

  [[nodiscard]] const TabStory& story() const { return story_; }
  /// Why it will never be live, or is no longer.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

 private:
  enum class Stage : std::uint8_t { waiting, connecting, upgrading, greeting, catching_up, live };

  void on_ready(std::uint32_t events) override;
  void connect();
  void push(std::string_view bytes);
  void pull();
  void read_upgrade(std::string_view& bytes);
  void read_frames(std::string_view bytes);
  void on_frame(const ScannedFrame& frame);
  void on_event(const EventFacts& event, std::string_view beginning);
  void on_hello(std::uint64_t seq);
  void hydrate();
  void advance(std::uint64_t seq);
  void finish_if_done();
  void try_again();
  void give_up(std::string why);
  void disconnect();

  Context& context_;
  const std::size_t number_;
  TabPlan plan_;
  Stage stage_ = Stage::waiting;
  bool ponged_ = false;
  bool hydrated_ = false;
  Descriptor socket_;
  HttpAnswerParser upgrade_;
  FrameScanner scanner_;
  std::unique_ptr<HttpConnection> http_;
  Backoff backoff_;
  TabStory story_;
  std::optional<Failure> failure_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for timers that come too late
};

}  // namespace orbit::bench
