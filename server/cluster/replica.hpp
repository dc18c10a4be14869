// What a node owns of a topic, and the copies that others keep of it: maps of text, with a counter and a hash to tell
// whether two agree. Plain data, of the realtime thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orbit::cluster {

/// By key: the new value, nullopt where the key is gone.
using Changes = std::map<std::string, std::optional<std::string>, std::less<>>;

/// Two nodes whose digests of something agree, agree on it. The counter rises with each delta of its owner.
struct Digest {
  std::uint64_t counter = 0;
  std::uint64_t hash = 0;
  bool operator==(const Digest&) const = default;
};

/// Leads from the state at `from` to the one at `to`; from 0, it leads from nothing at all.
struct Delta {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t hash = 0;  // of the state at `to`
  Changes changes;
};

/// A whole state comes in as many parts as messages require.
struct StatePart {
  Digest digest;  // of the whole
  std::size_t part = 0;
  std::size_t parts = 1;
  std::vector<std::pair<std::string, std::string>> entries;
};

/// A map with a hash that doesn't depend on the order in which it came about.
class Entries {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  void apply(std::string_view key, const std::optional<std::string>& value);
  [[nodiscard]] const std::string* find(std::string_view key) const;
  [[nodiscard]] const Map& all() const { return entries_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  Map entries_;
  std::uint64_t hash_ = 0;  // the sum of its entries'
};

/// This node's own.
class OwnState {
 public:
  /// nullopt: the key is gone.
  void change(std::string_view key, const std::optional<std::string>& value);
  void clear();

  [[nodiscard]] bool has_news() const { return !pending_.empty(); }
  /// How many entries there are, or may be once what is pending is told.
  [[nodiscard]] std::size_t size() const { return told_.size() + pending_.size(); }
  [[nodiscard]] bool contains(std::string_view key) const;

  /// What is pending, as deltas whose changes, as JSON, come to at most `max_bytes` each. They count as told.
  /// `counter` is raised for each.
  [[nodiscard]] std::vector<Delta> take_news(std::uint64_t& counter, std::size_t max_bytes);

  /// What others have been told.
  [[nodiscard]] const Entries& told() const { return told_; }
  [[nodiscard]] Digest digest() const { return {counter_, told_.hash()}; }

 private:
  Entries told_;
  Changes pending_;
  std::uint64_t counter_ = 0;  // of the last delta; 0 before the first
};

/// Of another node's.
class Replica {
 public:
  enum class Outcome {
    current,  // as far as is known
    old,      // it said nothing new
    gap,      // something before it is missing: only the whole state helps
  };

  /// `changed`: what is different now.
  [[nodiscard]] Outcome apply(const Delta& delta, Changes& changed);
  [[nodiscard]] Outcome compare(const Digest& digest);

  /// `current` once all parts of a state have come; `gap` while some are missing.
  [[nodiscard]] Outcome add(StatePart part, Changes& changed);

  /// The owner has nothing, at `counter`: ignored where later deltas are known.
  void clear(std::uint64_t counter, Changes& changed);

  [[nodiscard]] const Entries& entries() const { return entries_; }
  [[nodiscard]] Digest digest() const { return {counter_, entries_.hash()}; }

  /// Deltas beyond a gap that wait for the state before them; more are dropped, and asked for again.
  static constexpr std::size_t max_waiting = 64;

 private:
  // Of a state, as far as it has come.
  struct Assembly {
    Digest digest;
    std::size_t missing = 0;
    std::vector<std::optional<std::vector<std::pair<std::string, std::string>>>> parts;
  };

  void change(std::string_view key, const std::optional<std::string>& value, Changes& changed);
  void apply_changes(const Delta& delta, Changes& changed);
  Outcome apply_waiting(Changes& changed);

  Entries entries_;
  std::uint64_t counter_ = 0;
  std::optional<Assembly> assembly_;
  std::vector<Delta> waiting_;
};

/// How many bytes a text takes as a JSON string, quotes included.
[[nodiscard]] std::size_t json_size(std::string_view text);

}  // namespace orbit::cluster
