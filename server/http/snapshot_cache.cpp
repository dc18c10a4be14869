#include "http/snapshot_cache.hpp"

namespace orbit::http {

SnapshotCache::SnapshotCache(std::size_t max_bytes, kernel::MetricsRegistry& metrics)
    : max_bytes_(max_bytes),
      hits_counter_(metrics.counter("orbit_snapshot_cache_hits_total", "Snapshots answered from memory")),
      misses_counter_(metrics.counter("orbit_snapshot_cache_misses_total", "Snapshots read from the database")),
      bytes_gauge_(metrics.gauge("orbit_snapshot_cache_bytes", "Snapshots kept in memory")) {
  metrics.gauge("orbit_snapshot_cache_bytes_limit", "What orbit_snapshot_cache_bytes may come to")
      .set(static_cast<std::int64_t>(max_bytes));
}

std::shared_ptr<const SharedSnapshot> SnapshotCache::find(const SnapshotAudience& audience,
                                                          const SnapshotVersion& version) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(audience);
  if (found == entries_.end() || found->second.snapshot->version() != version) {
    misses_counter_.add();
    return nullptr;
  }
  hits_counter_.add();
  by_use_.splice(by_use_.begin(), by_use_, found->second.place);
  return found->second.snapshot;
}

void SnapshotCache::keep(const SnapshotAudience& audience, std::shared_ptr<const SharedSnapshot> snapshot) {
  const std::lock_guard lock(mutex_);
  erase(audience);
  if (snapshot->bytes() <= max_bytes_) {
    bytes_ += snapshot->bytes();
    entries_.emplace(audience, Entry{std::move(snapshot), by_use_.insert(by_use_.begin(), audience)});
  }
  while (bytes_ > max_bytes_) erase(SnapshotAudience(by_use_.back()));
  bytes_gauge_.set(static_cast<std::int64_t>(bytes_));
}

void SnapshotCache::erase(const SnapshotAudience& audience) {
  const auto found = entries_.find(audience);
  if (found == entries_.end()) return;
  bytes_ -= found->second.snapshot->bytes();
  by_use_.erase(found->second.place);
  entries_.erase(found);
}

}  // namespace orbit::http
