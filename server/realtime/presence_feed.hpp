// PresenceFeed: how tabs are told of presence. Transitions of a workspace leave on a tick, as one run of frames for all
// its tabs. Above the roster limit a tab gets the number of those online instead, and the presence of the members that
// it watches. Belongs to the realtime thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "catalog/server_event.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/presence_tracker.hpp"
#include "realtime/realtime_hub.hpp"

namespace orbit::realtime {

struct PresenceFeedOptions {
  std::chrono::milliseconds tick{250};  // between two runs of a workspace; 0: each transition by itself, at once
  std::size_t roster_limit = 500;       // members online up to which a tab is told of everyone
};

class PresenceFeed final : public PresenceListener {
 public:
  struct Parts {
    kernel::Scheduler& scheduler;
    RealtimeHub& hub;
    const FrameEncoder& encoder;
    const PresenceTracker& presence;
  };

  PresenceFeed(const Parts& parts, const PresenceFeedOptions& options, kernel::MetricsRegistry& metrics);
  PresenceFeed(const PresenceFeed&) = delete;
  PresenceFeed& operator=(const PresenceFeed&) = delete;
  ~PresenceFeed() override;

  /// What a new tab is told: the presence of its `hello`, valid until the next call, and in place of the roster a
  /// `presence.count` to follow it, else nullptr.
  struct Welcome {
    std::string_view roster_json;
    SharedFrame count;
  };

  /// The socket hears of presence from now on.
  [[nodiscard]] Welcome join(const SocketHandle& socket);
  void leave(const SocketHandle& socket);

  /// Tells the socket how these members stand, and from now on of their transitions, in place of those it named before.
  void watch(const SocketHandle& socket, std::vector<kernel::MemberId> members);

  /// For tabs that may have missed something: how all that they are told of stands.
  void tell_again(const SocketHandle& socket);
  void tell_all_again();

  /// As a new tab would be told; empty above the limit.
  [[nodiscard]] std::vector<catalog::PresenceDTO> roster(kernel::WorkspaceId workspace) const;

  void changed(kernel::WorkspaceId workspace, const catalog::PresenceDTO& presence) override;
  void forgotten(kernel::WorkspaceId workspace, kernel::MemberId member) override;
  void forgotten(kernel::WorkspaceId workspace) override;

 private:
  struct Tab {
    bool counts = false;                    // is told the number, until it connects anew
    std::vector<kernel::MemberId> watched;  // sorted
  };

  // One for each workspace with tabs.
  struct Feed {
    std::unordered_map<SocketId, Tab> tabs;
    std::size_t counting = 0;                                 // of them, those that are told the number
    std::unordered_map<kernel::MemberId, std::size_t> watch;  // by how many of those a member is watched
    std::map<kernel::MemberId, catalog::PresenceDTO> news;    // since the last run
    bool has_changed = false;                                 // since the last run
    std::optional<std::size_t> counted;                       // what all of `counting` were told last
    std::optional<std::string> roster_json;                   // while nothing has changed since it was made
    kernel::TimerId tick = 0;                                 // running while the workspace is not quiet
  };

  void note_change(kernel::WorkspaceId workspace, Feed& feed);
  void start_tick(kernel::WorkspaceId workspace, Feed& feed);
  void flush(kernel::WorkspaceId workspace, Feed& feed);
  void tell_news(kernel::WorkspaceId workspace, Feed& feed);
  void tell_count(kernel::WorkspaceId workspace, Feed& feed);
  void count_instead(kernel::WorkspaceId workspace, Feed& feed, SocketId socket, Tab& tab);
  void count_all_instead(kernel::WorkspaceId workspace, Feed& feed);
  void start_watching(kernel::WorkspaceId workspace, Feed& feed, SocketId socket,
                      std::span<const kernel::MemberId> members);
  void stop_watching(kernel::WorkspaceId workspace, Feed& feed, SocketId socket,
                     std::span<const kernel::MemberId> members);
  [[nodiscard]] bool is_large(kernel::WorkspaceId workspace) const;
  [[nodiscard]] SharedFrame frame_of(const catalog::ServerEvent& event) const;
  [[nodiscard]] SharedFrame update_frame(const catalog::PresenceDTO& presence) const;
  [[nodiscard]] SharedFrame run_of(std::span<const catalog::PresenceDTO> all) const;
  [[nodiscard]] std::vector<catalog::PresenceDTO> presence_of(kernel::WorkspaceId workspace,
                                                              std::span<const kernel::MemberId> members) const;

  Parts parts_;
  const PresenceFeedOptions options_;
  kernel::Metric& transitions_counter_;
  kernel::Metric& runs_counter_;
  kernel::Metric& counting_gauge_;
  kernel::Metric& watched_gauge_;
  std::unordered_map<kernel::WorkspaceId, Feed> feeds_;
};

}  // namespace orbit::realtime
