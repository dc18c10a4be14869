// CatalogModel: the catalog's described structs as data, read off the types themselves, for the printers that show them
// to others. Plain data: any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace orbit::catalog {

struct TypeModel {
  enum class Kind { text, integer, boolean, timestamp, any, id, enumeration, object, list };

  Kind kind = Kind::any;
  std::string name;                  // of an id ("MemberId"), enumeration or object
  std::shared_ptr<TypeModel> items;  // of a list
};

struct FieldModel {
  std::string name;  // as in the JSON
  std::string doc;
  TypeModel type;
  bool nullable = false;  // may be null
  bool optional = false;  // may be left out
};

struct ObjectModel {
  std::string name;
  std::string doc;
  std::vector<FieldModel> fields;
};

struct EnumModel {
  std::string name;
  std::vector<std::string> values;
};

struct IdModel {
  std::string name;    // "MemberId"
  std::string prefix;  // "mbr_"
};

struct EventModel {
  ObjectModel body;  // without "type", "seq" and "ref"
  std::string type;
  std::string channel;  // "workspace:{id}"; empty for a ClientEvent
  bool durable = false;
  std::string example;  // a whole frame
};

struct CatalogModel {
  std::vector<IdModel> ids;
  std::vector<EnumModel> enums;
  std::vector<ObjectModel> objects;
  std::vector<EventModel> server_events;
  std::vector<EventModel> client_events;
};

/// Built anew at each call.
[[nodiscard]] CatalogModel describe_catalog();

}  // namespace orbit::catalog
