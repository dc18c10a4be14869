// CallBatch: calls written down one after the other in a single run of memory, to be made on another thread. Plain
// data; whoever shares one locks it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orbit::cluster {

enum class CallKind : std::uint8_t {
  // asked of a broker
  publish,
  subscribe,
  unsubscribe,
  // told by it
  received,
  subscribed,
  connected,
  disconnected,
  messages_lost,
};

struct Call {
  CallKind kind = CallKind::publish;
  std::uint64_t id = 0;  // of a subscription; of a publish, which connection it is meant for
  std::string_view subject = {};
  std::string_view message = {};  // of `disconnected`, the reason
};

class CallBatch {
 public:
  void add(const Call& call);

  /// The oldest that wasn't taken yet. Its text is valid until the next `add` or `clear`.
  [[nodiscard]] std::optional<Call> take();

  /// Forgets all. Keeps the memory for what comes next, unless that is a lot.
  void clear();

  [[nodiscard]] bool is_empty() const { return entries_.empty(); }
  /// Of memory that all take that were added since `clear`.
  [[nodiscard]] std::size_t bytes() const { return text_.size() + entries_.size() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t id;
    std::uint32_t subject_size;
    std::uint32_t message_size;
    CallKind kind;
  };

  std::vector<Entry> entries_;
  std::string text_;
  std::size_t taken_ = 0;       // of entries_
  std::size_t taken_text_ = 0;  // of text_
};

}  // namespace orbit::cluster
