#include <boost/json.hpp>
#include <set>

#include "catalog/printers.hpp"
#include "catalog/signal_kinds.hpp"

namespace orbit::catalog {

using Kind = TypeModel::Kind;

namespace {

std::string quoted(std::string_view text) { return boost::json::serialize(boost::json::string_view(text)); }

void append_doc(std::string& out, std::string_view indent, std::string_view doc) {
  out.append(indent).append("/** ").append(doc).append(" */\n");
}

std::string type_name(const TypeModel& type) {
  switch (type.kind) {
    case Kind::text:
      return "string";
    case Kind::integer:
      return "number";
    case Kind::boolean:
      return "boolean";
    case Kind::timestamp:
      return "Timestamp";
    case Kind::any:
      return "unknown";
    case Kind::id:
    case Kind::enumeration:
    case Kind::object:
      return type.name;
    case Kind::list:
      return "readonly " + type_name(*type.items) + "[]";
  }
  return {};
}

void append_fields(std::string& out, const ObjectModel& object) {
  for (const FieldModel& field : object.fields) {
    append_doc(out, "  ", field.doc);
    out += "  readonly " + field.name + (field.optional ? "?" : "") + ": " + type_name(field.type) +
           (field.nullable ? " | null" : "") + ";\n";
  }
}

void append_ids(std::string& out, const CatalogModel& model) {
  out +=
      "declare const brand: unique symbol;\n"
      "/** A string that can't be mistaken for another kind of id. */\n"
      "export type Branded<Name extends string> = string & { readonly [brand]: Name };\n"
      "/** ISO 8601 in UTC with milliseconds. */\n"
      "export type Timestamp = string;\n";
  for (const IdModel& id : model.ids) out += "export type " + id.name + " = Branded<" + quoted(id.name) + ">;\n";
  out += "\n";
}

// "Plan" has its values in "plans".
std::string values_of(const EnumModel& enumeration) {
  std::string name = enumeration.name;
  name.front() = static_cast<char>(name.front() - 'A' + 'a');
  return name + (name.ends_with('s') ? "es" : "s");
}

// The values as an array, so that they can be listed at run time, and the type made from it.
void append_enums(std::string& out, const CatalogModel& model) {
  for (const EnumModel& enumeration : model.enums) {
    out += "export const " + values_of(enumeration) + " = [\n";
    for (const std::string& value : enumeration.values) out += "  " + quoted(value) + ",\n";
    out += "] as const;\nexport type " + enumeration.name + " = (typeof " + values_of(enumeration) + ")[number];\n\n";
  }
}

void append_signal_kinds(std::string& out) {
  append_doc(out, "", "Kinds of signals that are delivered each; of all others, only the newest value.");
  out += "export const eachSignalKinds: readonly string[] = [\n";
  for (const SignalKind& kind : signal_kinds) {
    if (kind.delivery == SignalDelivery::each) out += "  " + quoted(kind.name) + ",\n";
  }
  out += "];\n\n";
}

void append_objects(std::string& out, const CatalogModel& model) {
  for (const ObjectModel& object : model.objects) {
    append_doc(out, "", object.doc);
    out += "export interface " + object.name + " {\n";
    append_fields(out, object);
    out += "}\n\n";
  }
}

void append_events(std::string& out, const std::vector<EventModel>& events, const std::string& suffix,
                   bool from_client) {
  for (const EventModel& event : events) {
    append_doc(out, "", event.body.doc);
    out += "export interface " + event.body.name + suffix + " {\n  readonly type: " + quoted(event.type) + ";\n";
    if (event.durable) {
      append_doc(out, "  ", "Its place in the workspace's log: rises, and may skip for a tab.");
      out += "  readonly seq: number;\n";
    }
    if (from_client) {
      append_doc(out, "  ", "Asks for a reply or an error that carries it; at most 64 bytes.");
      out += "  readonly ref?: string;\n";
    }
    append_fields(out, event.body);
    out += "}\n\n";
  }
  out += from_client ? "/** Everything that a tab may send. */\nexport type ClientEvent =\n"
                     : "/** Everything that a tab can receive. */\nexport type ServerEvent =\n";
  for (const EventModel& event : events) out += "  | " + event.body.name + suffix + "\n";
  out.back() = ';';
  out += "\n\n";
}

// One word for a field's type, which the run-time check in check_frame.ts reads: see there for the grammar.
std::string shape_of(const TypeModel& type, const CatalogModel& model) {
  switch (type.kind) {
    case Kind::text:
      return "string";
    case Kind::integer:
      return "integer";
    case Kind::boolean:
      return "boolean";
    case Kind::timestamp:
      return "time";
    case Kind::any:
      return "any";
    case Kind::id:
      for (const IdModel& id : model.ids) {
        if (id.name == type.name) return "#" + id.prefix;
      }
      return "string";
    case Kind::enumeration:
      return "=" + type.name;
    case Kind::object:
      return type.name;
    case Kind::list:
      return shape_of(*type.items, model) + "[]";
  }
  return {};
}

void append_shape(std::string& out, const std::string& name, const ObjectModel& object, bool durable,
                  const CatalogModel& model) {
  out += "  " + name + ": {";
  if (durable) out += " seq: \"integer\",";
  for (const FieldModel& field : object.fields) {
    out += " " + field.name + ": " +
           quoted(shape_of(field.type, model) + (field.nullable ? "|null" : "") + (field.optional ? "?" : "")) + ",";
  }
  if (out.back() == ',') out.back() = ' ';
  out += "},\n";
}

void add_objects_in(const ObjectModel& object, const CatalogModel& model, std::set<std::string>& names) {
  for (const FieldModel& field : object.fields) {
    const TypeModel& type = field.type.kind == Kind::list ? *field.type.items : field.type;
    if (type.kind != Kind::object || !names.insert(type.name).second) continue;
    for (const ObjectModel& inner : model.objects) {
      if (inner.name == type.name) add_objects_in(inner, model, names);
    }
  }
}

// What is checked as it arrives: the snapshot, and whatever it or an event holds.
std::set<std::string> checked_objects(const CatalogModel& model) {
  std::set<std::string> names{"WorkspaceSnapshotDTO"};
  for (const EventModel& event : model.server_events) add_objects_in(event.body, model, names);
  for (const ObjectModel& object : model.objects) {
    if (object.name == "WorkspaceSnapshotDTO") add_objects_in(object, model, names);
  }
  return names;
}

void append_shapes(std::string& out, const CatalogModel& model) {
  out += "/** What each word in a shape that starts with \"=\" may be. */\nexport const enums = {\n";
  for (const EnumModel& enumeration : model.enums) {
    out += "  " + enumeration.name + ": " + values_of(enumeration) + ",\n";
  }
  out +=
      "};\n\n/** The objects that snapshots and ServerEvents are made of, field by field. */\nexport const "
      "objectShapes = {\n";
  const std::set<std::string> checked = checked_objects(model);
  for (const ObjectModel& object : model.objects) {
    if (checked.contains(object.name)) append_shape(out, object.name, object, false, model);
  }
  out += "};\n\n/** Every ServerEvent, field by field. */\nexport const eventShapes = {\n";
  for (const EventModel& event : model.server_events) {
    append_shape(out, quoted(event.type), event.body, event.durable, model);
  }
  out += "};\n";
}

// For people, "readonly" before every list is noise.
std::string shown_type(const TypeModel& type) {
  return type.kind == Kind::list ? type_name(*type.items) + "[]" : type_name(type);
}

std::string field_docs(const ObjectModel& object) {
  std::string out = "[";
  for (const FieldModel& field : object.fields) {
    out += "\n      { name: " + quoted(field.name) +
           ", type: " + quoted(shown_type(field.type) + (field.nullable ? " | null" : "")) +
           ", doc: " + quoted(field.doc) + ", optional: " + (field.optional ? "true" : "false") + " },";
  }
  return out + (object.fields.empty() ? "]" : "\n    ]");
}

void append_event_docs(std::string& out, const std::vector<EventModel>& events, std::string_view direction) {
  for (const EventModel& event : events) {
    out += "  {\n    type: " + quoted(event.type) + ",\n    direction: " + quoted(direction) +
           ",\n    doc: " + quoted(event.body.doc) +
           ",\n    channel: " + (event.channel.empty() ? "null" : quoted(event.channel)) +
           ",\n    durable: " + (event.durable ? "true" : "false") + ",\n    fields: " + field_docs(event.body) +
           ",\n    example: " + event.example + ",\n  },\n";
  }
}

constexpr std::string_view note = "// Edit the structs in server/catalog instead, and run script/generate.\n";

}  // namespace

std::string print_typescript(const CatalogModel& model) {
  std::string out = "// Generated by `orbit catalog --format typescript`: every event and entity of the wire.\n";
  out.append(note).append("\n");
  append_ids(out, model);
  append_enums(out, model);
  append_signal_kinds(out);
  append_objects(out, model);
  append_events(out, model.server_events, "Event", false);
  append_events(out, model.client_events, "ClientEvent", true);
  append_shapes(out, model);
  return out;
}

std::string print_typescript_docs(const CatalogModel& model) {
  std::string out = "// Generated by `orbit catalog --format typescript-docs`: the reference page as data.\n";
  out.append(note).append(
      "\nimport type { EventDoc, ObjectDoc } from \"../event_doc.ts\";\n\n"
      "export const eventDocs: readonly EventDoc[] = [\n");
  append_event_docs(out, model.server_events, "server");
  append_event_docs(out, model.client_events, "client");
  out += "];\n\nexport const objectDocs: readonly ObjectDoc[] = [\n";
  for (const ObjectModel& object : model.objects) {
    out += "  {\n    name: " + quoted(object.name) + ",\n    doc: " + quoted(object.doc) +
           ",\n    fields: " + field_docs(object) + ",\n  },\n";
  }
  return out + "];\n";
}

}  // namespace orbit::catalog
