// SnapshotCache: the part of each workspace's snapshot that is the same for all who may see the same, made once for
// each change and kept while it is asked for. Any thread: one mutex protects the entries.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "http/gzip.hpp"
#include "kernel/domain_event.hpp"
#include "kernel/metrics.hpp"

namespace orbit::http {

/// What a shared part is a function of.
struct SnapshotVersion {
  std::string epoch;
  kernel::Seq seq = 0;

  bool operator==(const SnapshotVersion&) const = default;
};

/// Who may see it: which workspace, and whether with its invites.
struct SnapshotAudience {
  kernel::WorkspaceId workspace;
  bool sees_invites = false;

  bool operator==(const SnapshotAudience&) const = default;
};

class SharedSnapshot {
 public:
  SharedSnapshot(SnapshotVersion version, std::string json)
      : version_(std::move(version)), json_(std::move(json)), deflated_(deflate_beginning(json_)) {}

  [[nodiscard]] const SnapshotVersion& version() const { return version_; }
  [[nodiscard]] const std::string& json() const { return json_; }
  [[nodiscard]] const DeflatedBeginning& deflated() const { return deflated_; }
  [[nodiscard]] std::size_t bytes() const { return json_.size() + deflated_.bytes.size(); }

 private:
  SnapshotVersion version_;
  std::string json_;
  DeflatedBeginning deflated_;
};

class SnapshotCache {
 public:
  /// Beyond `max_bytes`, those asked for longest ago go.
  SnapshotCache(std::size_t max_bytes, kernel::MetricsRegistry& metrics);

  /// nullptr unless the one that is kept is of this very version.
  [[nodiscard]] std::shared_ptr<const SharedSnapshot> find(const SnapshotAudience& audience,
                                                           const SnapshotVersion& version);

  /// Takes the place of the one of another version.
  void keep(const SnapshotAudience& audience, std::shared_ptr<const SharedSnapshot> snapshot);

 private:
  struct Hash {
    std::size_t operator()(const SnapshotAudience& audience) const {
      return std::hash<kernel::WorkspaceId>{}(audience.workspace) * 2 + (audience.sees_invites ? 1 : 0);
    }
  };
  struct Entry {
    std::shared_ptr<const SharedSnapshot> snapshot;
    std::list<SnapshotAudience>::iterator place;  // in by_use_
  };

  // With the mutex held.
  void erase(const SnapshotAudience& audience);

  const std::size_t max_bytes_;
  kernel::Metric& hits_counter_;
  kernel::Metric& misses_counter_;
  kernel::Metric& bytes_gauge_;
  std::mutex mutex_;  // protects all that follows
  std::unordered_map<SnapshotAudience, Entry, Hash> entries_;
  std::list<SnapshotAudience> by_use_;  // the one asked for last comes first
  std::size_t bytes_ = 0;
};

}  // namespace orbit::http
