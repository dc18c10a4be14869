// The messages of replication: as fields to be published, and read from a message's text. Stateless: any thread.
// Reading is strict, and nullopt for what is malformed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/replica.hpp"

namespace orbit::cluster {

/// Kinds, as the switchboard knows them. Where a message goes is said behind each.
namespace replication_kind {
inline constexpr std::string_view delta = "delta";          // the topic
inline constexpr std::string_view digest = "digest";        // the topic
inline constexpr std::string_view ask = "ask";              // everyone, or one node
inline constexpr std::string_view answer = "answer";        // the node that asked
inline constexpr std::string_view state = "state";          // the node that asked
inline constexpr std::string_view digests = "ask_digests";  // one node: it tells the digests of all that it owns
}  // namespace replication_kind

enum class Want {
  digest,  // to be compared with what the asker has
  state,
};

/// What the receiver owns of these topics.
struct Ask {
  std::uint64_t id = 0;  // the asker's own
  Want want = Want::state;
  std::vector<std::string> topics;
};

/// What the node owns of those that it was asked for. Where states are wanted, they follow.
struct Answer {
  struct Owned {
    std::size_t topic = 0;  // its place in the Ask
    Digest digest;
  };
  std::uint64_t ask = 0;
  std::uint64_t counter = 0;  // the last that the node has given to any delta
  std::vector<Owned> owned;   // of all others it has nothing
};

struct TopicState {
  std::string topic;
  StatePart part;
};

[[nodiscard]] std::string fields_of(const Delta& delta);
[[nodiscard]] std::string fields_of(const Digest& digest);
[[nodiscard]] std::string fields_of(const Ask& ask);
[[nodiscard]] std::string fields_of(const Answer& answer);

/// The state in as many messages as it takes, so that the fields of each are at most `max_bytes`; one at least.
[[nodiscard]] std::vector<std::string> state_fields(std::string_view topic, const Entries& entries,
                                                    const Digest& digest, std::size_t max_bytes);

[[nodiscard]] std::optional<Delta> read_delta(std::string_view text);
[[nodiscard]] std::optional<Digest> read_digest(std::string_view text);
[[nodiscard]] std::optional<Ask> read_ask(std::string_view text);
[[nodiscard]] std::optional<Answer> read_answer(std::string_view text);
[[nodiscard]] std::optional<TopicState> read_state(std::string_view text);

/// What a delta or a part has beside its changes takes fewer bytes than this, the topic's name left out.
inline constexpr std::size_t fields_overhead = 160;

/// What is beyond them is malformed.
inline constexpr std::size_t max_parts = 10'000;
inline constexpr std::size_t max_topics_of_ask = 100;

}  // namespace orbit::cluster
