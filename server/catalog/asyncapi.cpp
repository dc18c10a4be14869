#include <boost/json.hpp>

#include "catalog/json_schema.hpp"
#include "catalog/printers.hpp"

namespace orbit::catalog {

namespace json = boost::json;

namespace {

constexpr const char* schemas = "#/components/schemas/";

json::object message(const EventModel& event, const std::string& schema) {
  return {{"name", event.type},
          {"title", event.type},
          {"summary", event.body.doc},
          {"contentType", "application/json"},
          {"payload", json::object{{"$ref", schemas + schema}}},
          {"examples", json::array{json::object{{"payload", json::parse(event.example)}}}}};
}

void add_messages(const std::vector<EventModel>& events, const std::string& suffix, json::object& messages,
                  json::object& channel_messages, json::array& operation_messages) {
  for (const EventModel& event : events) {
    const std::string name = event.body.name + suffix;
    messages[name] = message(event, name);
    channel_messages[name] = {{"$ref", "#/components/messages/" + name}};
    operation_messages.push_back(json::object{{"$ref", "#/channels/workspace/messages/" + name}});
  }
}

}  // namespace

std::string print_asyncapi(const CatalogModel& model) {
  json::object messages, channel_messages;
  json::array sent, received;
  add_messages(model.server_events, "Event", messages, channel_messages, sent);
  add_messages(model.client_events, "ClientEvent", messages, channel_messages, received);

  const json::object query{{"type", "object"},
                           {"properties", json::object{{"workspace", json::object{{"type", "string"}}},
                                                       {"after", json::object{{"type", "integer"}}},
                                                       {"epoch", json::object{{"type", "string"}}}}},
                           {"required", json::array{"workspace"}}};
  return pretty_print(json::object{
      {"asyncapi", "3.0.0"},
      {"info", json::object{{"title", "Orbit realtime"},
                            {"version", "1.0.0"},
                            {"description", "The WebSocket of an Orbit node: JSON text frames, one event each."}}},
      {"defaultContentType", "application/json"},
      {"servers", json::object{{"node", json::object{{"host", "127.0.0.1:8080"}, {"protocol", "ws"}}}}},
      {"channels",
       json::object{{"workspace", json::object{{"address", "/v1/ws"},
                                               {"title", "One workspace's stream"},
                                               {"messages", channel_messages},
                                               {"bindings", json::object{{"ws", json::object{{"method", "GET"},
                                                                                             {"query", query}}}}}}}}},
      {"operations",
       json::object{
           {"sendServerEvents",
            json::object{
                {"action", "send"}, {"channel", json::object{{"$ref", "#/channels/workspace"}}}, {"messages", sent}}},
           {"receiveClientEvents", json::object{{"action", "receive"},
                                                {"channel", json::object{{"$ref", "#/channels/workspace"}}},
                                                {"messages", received}}},
       }},
      {"components", json::object{{"messages", messages}, {"schemas", schema_definitions(model, schemas)}}},
  });
}

}  // namespace orbit::catalog
