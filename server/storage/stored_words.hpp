// The catalog's words and lists as columns. For this room's own .cpp files; plain data.
#pragma once

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "catalog/vocabulary.hpp"
#include "storage/sql.hpp"
#include "workspaces/role.hpp"

namespace orbit::storage {

/// A described enum is stored under its enumerator's name.
template <class Enum>
  requires std::is_enum_v<Enum>
struct Stored<Enum> {
  using Column = std::string;
  static Column write(Enum value) { return boost::describe::enum_to_string(value, ""); }
  static Enum read(const Column& column) {
    Enum value{};
    if (!boost::describe::enum_from_string(column.c_str(), value)) {
      throw std::runtime_error("the database holds a word that can't be read: " + column);
    }
    return value;
  }
};

/// Permissions are stored as their wire names, separated by spaces.
template <>
struct Stored<workspaces::Permissions> {
  using Column = std::string;
  static Column write(const workspaces::Permissions& permissions) {
    std::string column;
    for (const auto permission : permissions) {
      if (!column.empty()) column += ' ';
      column += catalog::wire_name(permission);
    }
    return column;
  }
  static workspaces::Permissions read(std::string_view column) {
    workspaces::Permissions permissions;
    while (!column.empty()) {
      const std::string_view name = column.substr(0, column.find(' '));
      column.remove_prefix(std::min(column.size(), name.size() + 1));
      const auto permission = catalog::parse_permission(name);
      if (!permission) throw std::runtime_error("the database holds an unknown permission: " + std::string(name));
      permissions.push_back(*permission);
    }
    return permissions;
  }
};

}  // namespace orbit::storage
