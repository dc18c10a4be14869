#include "catalog/json_schema.hpp"

#include <boost/json.hpp>

#include "catalog/printers.hpp"

namespace orbit::catalog {

namespace json = boost::json;
using Kind = TypeModel::Kind;

namespace {

json::object reference(const std::string& base, const std::string& name) { return {{"$ref", base + name}}; }

json::object type_schema(const TypeModel& type, const std::string& base) {
  switch (type.kind) {
    case Kind::text:
      return {{"type", "string"}};
    case Kind::integer:
      return {{"type", "integer"}};
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::timestamp:
      return {{"type", "string"}, {"format", "date-time"}};
    case Kind::any:
      return {};
    case Kind::id:
    case Kind::enumeration:
    case Kind::object:
      return reference(base, type.name);
    case Kind::list:
      return {{"type", "array"}, {"items", type_schema(*type.items, base)}};
  }
  return {};
}

json::object field_schema(const FieldModel& field, const std::string& base) {
  json::object schema = type_schema(field.type, base);
  if (field.nullable) schema = {{"anyOf", json::array{schema, json::object{{"type", "null"}}}}};
  schema["description"] = field.doc;
  return schema;
}

void add_fields(const ObjectModel& object, const std::string& base, json::object& properties, json::array& required) {
  for (const FieldModel& field : object.fields) {
    properties[field.name] = field_schema(field, base);
    if (!field.optional) required.emplace_back(field.name);
  }
}

json::object object_schema(const ObjectModel& object, const std::string& base) {
  json::object properties;
  json::array required;
  add_fields(object, base, properties, required);
  return {{"type", "object"}, {"description", object.doc}, {"properties", properties}, {"required", required}};
}

json::object event_schema(const EventModel& event, bool from_client, const std::string& base) {
  json::object properties{{"type", json::object{{"const", event.type}}}};
  json::array required{"type"};
  if (event.durable) {
    properties["seq"] = {{"type", "integer"},
                         {"minimum", 1},
                         {"description", "Its place in the workspace's log: rises, and may skip for a tab."}};
    required.emplace_back("seq");
  }
  if (from_client) {
    properties["ref"] = {{"type", "string"}, {"maxLength", 64}, {"description", "Asks for a reply that carries it."}};
  }
  add_fields(event.body, base, properties, required);
  return {{"type", "object"}, {"description", event.body.doc}, {"properties", properties}, {"required", required}};
}

json::array references(const std::vector<EventModel>& events, const std::string& base, const std::string& suffix) {
  json::array out;
  for (const EventModel& event : events) out.push_back(reference(base, event.body.name + suffix));
  return out;
}

void pretty_append(std::string& out, const json::value& value, std::size_t indent) {
  const std::string inner(indent + 2, ' ');
  const auto append_each = [&](const auto& container, char open, char close, const auto& append_one) {
    if (container.empty()) {
      out += {open, close};
      return;
    }
    out += open;
    bool first = true;
    for (const auto& element : container) {
      out += first ? "\n" : ",\n";
      out += inner;
      first = false;
      append_one(element);
    }
    out += "\n" + std::string(indent, ' ') + close;
  };
  if (value.is_object()) {
    append_each(value.get_object(), '{', '}', [&](const json::key_value_pair& member) {
      out += json::serialize(member.key());
      out += ": ";
      pretty_append(out, member.value(), indent + 2);
    });
  } else if (value.is_array()) {
    append_each(value.get_array(), '[', ']', [&](const json::value& item) { pretty_append(out, item, indent + 2); });
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

json::object schema_definitions(const CatalogModel& model, const std::string& base) {
  json::object definitions;
  for (const IdModel& id : model.ids) {
    definitions[id.name] = {{"type", "string"}, {"pattern", "^" + id.prefix + "[0-9a-f-]{36}$"}};
  }
  for (const EnumModel& enumeration : model.enums) {
    definitions[enumeration.name] = {{"enum", json::array(enumeration.values.begin(), enumeration.values.end())}};
  }
  for (const ObjectModel& object : model.objects) definitions[object.name] = object_schema(object, base);
  for (const EventModel& event : model.server_events) {
    definitions[event.body.name + "Event"] = event_schema(event, false, base);
  }
  for (const EventModel& event : model.client_events) {
    definitions[event.body.name + "ClientEvent"] = event_schema(event, true, base);
  }
  definitions["ServerEvent"] = {{"oneOf", references(model.server_events, base, "Event")}};
  definitions["ClientEvent"] = {{"oneOf", references(model.client_events, base, "ClientEvent")}};
  return definitions;
}

std::string pretty_print(const json::value& value) {
  std::string out;
  pretty_append(out, value, 0);
  return out + "\n";
}

std::string print_json_schema(const CatalogModel& model) {
  return pretty_print(json::object{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "Orbit realtime: ServerEvent"},
      {"$comment", "Generated by `orbit catalog --format json-schema`."},
      {"$ref", "#/$defs/ServerEvent"},
      {"$defs", schema_definitions(model, "#/$defs/")},
  });
}

}  // namespace orbit::catalog
