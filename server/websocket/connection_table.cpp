#include "websocket/connection_table.hpp"

#include <utility>

namespace orbit::websocket {

realtime::SocketSlot ConnectionTable::insert(int descriptor, bool deflates, Connection connection) {
  if (free_.empty()) {
    free_.push_back(size());
    outlets_.emplace_back();
    connections_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Outlet& outlet = outlets_[index];
  outlet = {.descriptor = descriptor, .generation = outlet.generation, .phase = Phase::open, .deflates = deflates};
  connections_[index] = std::move(connection);
  return slot(index);
}

void ConnectionTable::erase(std::uint32_t index) {
  connections_[index].reset();
  outlets_[index] = {.generation = outlets_[index].generation + 1};
  free_.push_back(index);
}

}  // namespace orbit::websocket
