#include "cluster/replication_messages.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cluster/message_fields.hpp"

namespace orbit::cluster {

namespace json = boost::json;

namespace {

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

// Reads the fields of an object, and remembers whether one was not as it should be.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    auto fields = read_fields(text);
    is_good_ = fields.has_value();
    if (is_good_) fields_ = *std::move(fields);
  }

  [[nodiscard]] bool is_good() const { return is_good_; }
  bool fail() { return is_good_ = false; }

  const json::value* field(std::string_view name) {
    const json::value* value = is_good_ ? fields_.if_contains(name) : nullptr;
    if (value == nullptr) fail();
    return value;
  }

  std::uint64_t number(std::string_view name) {
    const json::value* value = field(name);
    return value == nullptr ? 0 : as_number(*value);
  }

  std::uint64_t as_number(const json::value& value) {
    boost::system::error_code error;
    if (!value.is_int64() && !value.is_uint64()) return fail(), 0;
    const auto number = value.to_number<std::uint64_t>(error);
    if (error) fail();
    return number;
  }

  std::string text(std::string_view name) {
    const json::value* value = field(name);
    return value == nullptr ? std::string() : as_text(*value);
  }

  std::string as_text(const json::value& value) {
    if (!value.is_string()) return fail(), std::string();
    return std::string(std::string_view(value.get_string()));
  }

  const json::array& array(std::string_view name) {
    static const json::array none;
    const json::value* value = field(name);
    if (value == nullptr || !value->is_array()) return fail(), none;
    return value->get_array();
  }

  const json::object& object(std::string_view name) {
    static const json::object none;
    const json::value* value = field(name);
    if (value == nullptr || !value->is_object()) return fail(), none;
    return value->get_object();
  }

 private:
  json::object fields_;
  bool is_good_ = false;
};

}  // namespace

std::string fields_of(const Delta& delta) {
  std::string set;
  std::string erased;
  for (const auto& [key, value] : delta.changes) {
    std::string& list = value ? set : erased;
    if (!list.empty()) list += ',';
    list += quoted(key);
    if (value) list.append(":").append(quoted(*value));
  }
  return fmt::format(R"("after":{},"counter":{},"hash":{},"set":{{{}}},"erased":[{}])", delta.from, delta.to,
                     delta.hash, set, erased);
}

std::string fields_of(const Digest& digest) {
  return fmt::format(R"("counter":{},"hash":{})", digest.counter, digest.hash);
}

std::string fields_of(const Ask& ask) {
  std::string topics;
  for (const std::string& topic : ask.topics) {
    if (!topics.empty()) topics += ',';
    topics += quoted(topic);
  }
  return fmt::format(R"("id":{},"want":"{}","topics":[{}])", ask.id, ask.want == Want::state ? "state" : "digest",
                     topics);
}

std::string fields_of(const Answer& answer) {
  std::string owned;
  for (const auto& [topic, digest] : answer.owned) {
    if (!owned.empty()) owned += ',';
    owned += fmt::format("[{},{},{}]", topic, digest.counter, digest.hash);
  }
  return fmt::format(R"("ask":{},"counter":{},"owned":[{}])", answer.ask, answer.counter, owned);
}

std::vector<std::string> state_fields(std::string_view topic, const Entries& entries, const Digest& digest,
                                      std::size_t max_bytes) {
  const std::size_t overhead = fields_overhead + json_size(topic);
  std::vector<std::string> parts(1);
  for (const auto& [key, value] : entries.all()) {
    const std::string entry = quoted(key) + ":" + quoted(value);
    if (!parts.back().empty() && overhead + parts.back().size() + entry.size() + 1 > max_bytes) parts.emplace_back();
    if (!parts.back().empty()) parts.back() += ',';
    parts.back() += entry;
  }
  for (std::size_t part = 0; part < parts.size(); ++part) {
    parts[part] = fmt::format(R"("topic":{},{},"part":{},"parts":{},"entries":{{{}}})", quoted(topic),
                              fields_of(digest), part, parts.size(), parts[part]);
  }
  return parts;
}

std::optional<Delta> read_delta(std::string_view text) {
  Reader reader(text);
  Delta delta{reader.number("after"), reader.number("counter"), reader.number("hash"), {}};
  for (const auto& member : reader.object("set")) {
    delta.changes.emplace(std::string(std::string_view(member.key())), reader.as_text(member.value()));
  }
  for (const json::value& key : reader.array("erased")) delta.changes.emplace(reader.as_text(key), std::nullopt);
  if (!reader.is_good() || delta.from >= delta.to) return std::nullopt;
  return delta;
}

std::optional<Digest> read_digest(std::string_view text) {
  Reader reader(text);
  const Digest digest{reader.number("counter"), reader.number("hash")};
  return reader.is_good() ? std::optional(digest) : std::nullopt;
}

std::optional<Ask> read_ask(std::string_view text) {
  Reader reader(text);
  Ask ask{reader.number("id"), Want::state, {}};
  const std::string want = reader.text("want");
  if (want == "digest") {
    ask.want = Want::digest;
  } else if (want != "state") {
    return std::nullopt;
  }
  for (const json::value& topic : reader.array("topics")) ask.topics.push_back(reader.as_text(topic));
  if (!reader.is_good() || ask.topics.size() > max_topics_of_ask) return std::nullopt;
  return ask;
}

std::optional<Answer> read_answer(std::string_view text) {
  Reader reader(text);
  Answer answer{reader.number("ask"), reader.number("counter"), {}};
  for (const json::value& owned : reader.array("owned")) {
    if (!owned.is_array() || owned.get_array().size() != 3) return std::nullopt;
    const json::array& fields = owned.get_array();
    answer.owned.push_back({reader.as_number(fields[0]), {reader.as_number(fields[1]), reader.as_number(fields[2])}});
  }
  if (!reader.is_good() || answer.owned.size() > max_topics_of_ask) return std::nullopt;
  return answer;
}

std::optional<TopicState> read_state(std::string_view text) {
  Reader reader(text);
  TopicState state{reader.text("topic"), {{reader.number("counter"), reader.number("hash")}, 0, 0, {}}};
  state.part.part = reader.number("part");
  state.part.parts = reader.number("parts");
  for (const auto& member : reader.object("entries")) {
    state.part.entries.emplace_back(std::string_view(member.key()), reader.as_text(member.value()));
  }
  if (!reader.is_good() || state.part.part >= state.part.parts || state.part.parts > max_parts) return std::nullopt;
  return state;
}

}  // namespace orbit::cluster
