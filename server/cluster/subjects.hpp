// Subjects: what the backplane's subjects are called. Plain data: any thread.
#pragma once

#include <string>
#include <string_view>

#include "kernel/id.hpp"

namespace orbit::cluster {

class Subjects {
 public:
  /// Of one cluster: nodes on one database have its epoch in common, and others on the same broker have another.
  explicit Subjects(std::string_view epoch);

  /// Heard by every node.
  [[nodiscard]] std::string everyone() const { return prefix_ + "everyone"; }
  /// Heard by that node alone.
  [[nodiscard]] std::string node(kernel::Uuid incarnation) const;
  /// Heard by nodes with sockets in the workspace.
  [[nodiscard]] std::string workspace(kernel::WorkspaceId workspace) const;
  /// Heard by nodes with sockets of the member.
  [[nodiscard]] std::string member(kernel::MemberId member) const;
  /// Heard by nodes with sockets in the room. A room's name may be anything.
  [[nodiscard]] std::string room(kernel::WorkspaceId workspace, std::string_view room) const;

 private:
  std::string prefix_;
};

}  // namespace orbit::cluster
