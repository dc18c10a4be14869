#include "cluster/subjects.hpp"

#include <algorithm>

namespace orbit::cluster {

namespace {

// Two digits for each byte: brokers allow less in a subject than members in the name of a room.
std::string hexadecimal(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : text) {
    out += digits[c >> 4U];
    out += digits[c & 15U];
  }
  return out;
}

constexpr std::size_t epoch_characters = 8;

}  // namespace

Subjects::Subjects(std::string_view epoch)
    // The last of a UUIDv7 are its random ones.
    : prefix_("orbit." + hexadecimal(epoch.substr(epoch.size() - std::min(epoch.size(), epoch_characters))) + ".") {}

std::string Subjects::node(kernel::Uuid incarnation) const {
  return prefix_ + "node." + kernel::to_string(incarnation);
}

std::string Subjects::workspace(kernel::WorkspaceId workspace) const {
  return prefix_ + "workspace." + kernel::to_string(workspace.uuid());
}

std::string Subjects::member(kernel::MemberId member) const {
  return prefix_ + "member." + kernel::to_string(member.uuid());
}

std::string Subjects::room(kernel::WorkspaceId workspace, std::string_view room) const {
  return prefix_ + "room." + kernel::to_string(workspace.uuid()) + "." + hexadecimal(room);
}

}  // namespace orbit::cluster
