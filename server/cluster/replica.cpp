#include "cluster/replica.hpp"

#include <algorithm>
#include <utility>

namespace orbit::cluster {

namespace {

// FNV-1a, then mixed as splitmix64 does, so that sums of it tell sets apart. All nodes must compute the same.
std::uint64_t hash_of(std::string_view key, std::string_view value) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto feed = [&hash](std::string_view text) {
    for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  };
  feed(key);
  feed(std::string_view("\0", 1));
  feed(value);
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31U);
}

}  // namespace

std::size_t json_size(std::string_view text) {
  std::size_t size = 2;
  for (const unsigned char c : text) {
    if (c == '"' || c == '\\') {
      size += 2;
    } else {
      size += c < ' ' ? 6 : 1;
    }
  }
  return size;
}

void Entries::apply(std::string_view key, const std::optional<std::string>& value) {
  auto entry = entries_.find(key);
  if (entry != entries_.end()) {
    hash_ -= hash_of(key, entry->second);
    if (value) {
      entry->second = *value;
    } else {
      entries_.erase(entry);
    }
  } else if (value) {
    entries_.emplace(key, *value);
  }
  if (value) hash_ += hash_of(key, *value);
}

const std::string* Entries::find(std::string_view key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? nullptr : &entry->second;
}

void OwnState::change(std::string_view key, const std::optional<std::string>& value) {
  const std::string* told = told_.find(key);
  const bool is_told = told == nullptr ? !value : value == *told;
  const auto pending = pending_.find(key);
  if (is_told) {
    if (pending != pending_.end()) pending_.erase(pending);
  } else if (pending != pending_.end()) {
    pending->second = value;
  } else {
    pending_.emplace(key, value);
  }
}

void OwnState::clear() {
  pending_.clear();
  for (const auto& [key, value] : told_.all()) pending_.emplace(key, std::nullopt);
}

bool OwnState::contains(std::string_view key) const {
  const auto pending = pending_.find(key);
  return pending == pending_.end() ? told_.find(key) != nullptr : pending->second.has_value();
}

std::vector<Delta> OwnState::take_news(std::uint64_t& counter, std::size_t max_bytes) {
  std::vector<Delta> deltas;
  std::size_t bytes = 0;
  for (auto& [key, value] : std::exchange(pending_, {})) {
    const std::size_t more = json_size(key) + (value ? json_size(*value) : 0) + 2;  // and a colon and a comma
    if (deltas.empty() || bytes + more > max_bytes) {
      deltas.push_back({told_.empty() ? 0 : counter_, ++counter, 0, {}});
      counter_ = counter;
      bytes = 0;
    }
    bytes += more;
    told_.apply(key, value);
    deltas.back().hash = told_.hash();
    deltas.back().changes.emplace(key, std::move(value));
  }
  return deltas;
}

void Replica::change(std::string_view key, const std::optional<std::string>& value, Changes& changed) {
  const std::string* known = entries_.find(key);
  if (known == nullptr ? !value : value == *known) return;
  entries_.apply(key, value);
  changed.insert_or_assign(std::string(key), value);
}

Replica::Outcome Replica::apply(const Delta& delta, Changes& changed) {
  if (delta.to <= counter_) return Outcome::old;
  if (delta.from == 0) {
    for (const auto& [key, value] : Entries::Map(entries_.all())) {
      if (!delta.changes.contains(key)) change(key, std::nullopt, changed);
    }
  } else if (delta.from != counter_) {
    if (waiting_.size() < max_waiting) waiting_.push_back(delta);
    return Outcome::gap;
  }
  apply_changes(delta, changed);
  if (entries_.hash() != delta.hash) return Outcome::gap;
  return apply_waiting(changed);
}

void Replica::apply_changes(const Delta& delta, Changes& changed) {
  for (const auto& [key, value] : delta.changes) change(key, value, changed);
  counter_ = delta.to;
}

// They came in their owner's order.
Replica::Outcome Replica::apply_waiting(Changes& changed) {
  Outcome outcome = Outcome::current;
  std::vector<Delta> still;
  for (Delta& delta : std::exchange(waiting_, {})) {
    if (delta.to <= counter_) continue;
    if (delta.from == counter_) {
      apply_changes(delta, changed);
      outcome = entries_.hash() == delta.hash ? Outcome::current : Outcome::gap;
    } else {
      still.push_back(std::move(delta));
      outcome = Outcome::gap;
    }
  }
  waiting_ = std::move(still);
  return outcome;
}

Replica::Outcome Replica::compare(const Digest& digest) {
  if (digest.hash == entries_.hash()) {
    counter_ = std::max(counter_, digest.counter);
    return Outcome::current;
  }
  return digest.counter < counter_ ? Outcome::old : Outcome::gap;
}

// A state of other parts than the ones before takes their place: it was asked for later.
Replica::Outcome Replica::add(StatePart part, Changes& changed) {
  if (part.digest.counter < counter_) return Outcome::old;
  if (!assembly_ || assembly_->digest != part.digest || assembly_->parts.size() != part.parts) {
    assembly_ = Assembly{part.digest, part.parts, {}};
    assembly_->parts.resize(part.parts);
  }
  auto& place = assembly_->parts.at(part.part);
  if (!place) --assembly_->missing;
  place = std::move(part.entries);
  if (assembly_->missing > 0) return Outcome::gap;

  const Assembly whole = std::move(*std::exchange(assembly_, std::nullopt));
  Entries::Map state;
  for (const auto& entries : whole.parts) state.insert(entries->begin(), entries->end());
  for (const auto& [key, value] : Entries::Map(entries_.all())) {
    if (!state.contains(key)) change(key, std::nullopt, changed);
  }
  for (const auto& [key, value] : state) change(key, value, changed);
  counter_ = whole.digest.counter;
  if (entries_.hash() != whole.digest.hash) return Outcome::gap;
  return apply_waiting(changed);
}

void Replica::clear(std::uint64_t counter, Changes& changed) {
  if (counter < counter_) return;
  for (const auto& [key, value] : Entries::Map(entries_.all())) change(key, std::nullopt, changed);
  counter_ = counter;
  assembly_.reset();
  std::erase_if(waiting_, [&](const Delta& delta) { return delta.to <= counter_; });
}

}  // namespace orbit::cluster
