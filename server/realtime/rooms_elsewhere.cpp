// Rooms, the part that other nodes have in it.
#include <algorithm>
#include <iterator>

#include "realtime/rooms.hpp"

namespace orbit::realtime {

using kernel::MemberId;
using kernel::WorkspaceId;

void Rooms::set_elsewhere(WorkspaceId workspace, const std::string& name, MemberId member, const NodeIncarnation& node,
                          bool is_in) {
  const Key key{workspace, name};
  const auto entry = rooms_.find(key);
  if (entry == rooms_.end() || former_.contains(member)) return;
  Room& room = entry->second;
  if (is_in) {
    Presence& presence = room.members[member];
    if (std::ranges::find(presence.elsewhere, node) != presence.elsewhere.end()) return;
    const bool came = !presence.is_here() && presence.elsewhere.empty();
    presence.elsewhere.push_back(node);
    if (came) tell(key, member, true);
    return;
  }
  const auto known = room.members.find(member);
  if (known == room.members.end() || std::erase(known->second.elsewhere, node) == 0) return;
  if (known->second.is_here() || !known->second.elsewhere.empty()) {
    room.signals.forget(member, node);
  } else {
    remove(key, room, member);
  }
}

void Rooms::signal_elsewhere(WorkspaceId workspace, const std::string& name, std::vector<Signal> signals) {
  const Key key{workspace, name};
  const auto entry = rooms_.find(key);
  if (entry == rooms_.end()) return;
  for (Signal& signal : signals) {
    if (former_.contains(signal.member)) continue;
    if (!entry->second.signals.put(std::move(signal))) refused_elsewhere_counter_.add();
  }
  if (entry->second.signals.has_news()) tell_news(key, entry->second);
}

void Rooms::forget_signal_elsewhere(WorkspaceId workspace, const std::string& name, MemberId member,
                                    const NodeIncarnation& node, const std::string& kind) {
  const auto entry = rooms_.find(Key{workspace, name});
  if (entry != rooms_.end()) entry->second.signals.forget(member, node, kind);
}

void Rooms::replicate_signals(const Key& key, const std::vector<Signal>& signals) {
  std::vector<Signal> own;
  std::ranges::copy_if(signals, std::back_inserter(own), [](const Signal& signal) { return !signal.node; });
  if (!own.empty()) replication_->signalled(key.workspace, key.room, own);
}

// Their sockets have been closed by then, and are reported as gone later. Other nodes may not know it yet.
void Rooms::forget_member(WorkspaceId workspace, MemberId member) {
  former_.add(member);
  std::vector<Key> keys;
  for (auto entry = rooms_.lower_bound(Key{workspace, ""}); entry != rooms_.end(); ++entry) {
    if (entry->first.workspace != workspace) break;
    if (entry->second.members.contains(member)) keys.push_back(entry->first);
  }
  for (const Key& key : keys) {
    Room& room = rooms_.at(key);
    Presence& presence = room.members.at(member);
    presence.elsewhere.clear();
    if (presence.is_here()) {
      take_tabs(key, member);
      depart(key, member);
    } else {
      remove(key, room, member);
    }
  }
}

}  // namespace orbit::realtime
