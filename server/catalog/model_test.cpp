#include "catalog/model.hpp"

#include <gtest/gtest.h>

#include <set>

#include "catalog/client_event.hpp"
#include "catalog/server_event.hpp"

namespace orbit::catalog {
namespace {

TEST(CatalogModel, NamesEveryEventOnceAndDocumentsEveryField) {
  const CatalogModel model = describe_catalog();
  EXPECT_EQ(model.server_events.size(), std::variant_size_v<ServerEvent>);
  EXPECT_EQ(model.client_events.size(), std::variant_size_v<ClientEvent>);
  std::set<std::string> types;
  for (const auto* events : {&model.server_events, &model.client_events}) {
    types.clear();
    for (const EventModel& event : *events) {
      EXPECT_TRUE(types.insert(event.type).second) << event.type;
      EXPECT_FALSE(event.body.doc.empty()) << event.type;
      EXPECT_TRUE(event.example.starts_with(R"({"type":")" + event.type + '"')) << event.example;
      for (const FieldModel& field : event.body.fields) {
        EXPECT_FALSE(field.doc.empty()) << event.type << "." << field.name;
        EXPECT_NE(event.example.find('"' + field.name + "\":"), std::string::npos) << event.type << "." << field.name;
      }
    }
  }
}

TEST(CatalogModel, EveryClientExampleIsAFrameThatTheServerTakes) {
  for (const EventModel& event : describe_catalog().client_events) {
    EXPECT_TRUE(parse_client_frame(event.example).has_value()) << event.example;
  }
}

TEST(CatalogModel, TellsNullableFromOptional) {
  const CatalogModel model = describe_catalog();
  for (const ObjectModel& object : model.objects) {
    if (object.name != "WorkspaceRoleDTO") continue;
    for (const FieldModel& field : object.fields) {
      EXPECT_EQ(field.nullable, field.name == "description" || field.name == "systemKey") << field.name;
      EXPECT_EQ(field.optional, field.name == "memberCount") << field.name;
    }
  }
}

}  // namespace
}  // namespace orbit::catalog
