#include "billing/stripe_webhook.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <boost/describe/enum_from_string.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <vector>

#include "catalog/strict_json.hpp"

namespace orbit::billing {

namespace json = boost::json;
using catalog::Plan;
using catalog::SubscriptionStatus;
using kernel::Error;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;
using kernel::Timestamp;

namespace {

std::string hex_hmac(std::string_view secret, const std::string& message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &size);
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += hex[digest[i] >> 4];
    text += hex[digest[i] & 0x0f];
  }
  return text;
}

bool same_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Timestamp from_unix_seconds(std::int64_t seconds) { return Timestamp{std::chrono::seconds{seconds}}; }

// The last second that a Timestamp's ISO form can hold.
constexpr std::int64_t last_second = 253'402'300'799;

std::unexpected<Error> bad_payload(std::string field) {
  Error error{ErrorKind::invalid, "stripe.bad_payload", "The event lacks " + field + ", or has it in another form."};
  error.fields.push_back({std::move(field), "invalid", "This field is missing or has another form."});
  return std::unexpected(std::move(error));
}

// Walks down objects and arrays: {"items", "data", "0"}.
const json::value* at(const json::value& root, std::initializer_list<std::string_view> path) {
  const json::value* value = &root;
  for (const std::string_view step : path) {
    if (value->is_object()) {
      value = value->get_object().if_contains(step);
    } else if (value->is_array() && step == "0" && !value->get_array().empty()) {
      value = &value->get_array().front();
    } else {
      return nullptr;
    }
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::optional<std::string> string_at(const json::value& root, std::initializer_list<std::string_view> path) {
  const json::value* value = at(root, path);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<std::int64_t> integer_at(const json::value& root, std::initializer_list<std::string_view> path) {
  const json::value* value = at(root, path);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

template <class Enum>
std::optional<Enum> word(const std::optional<std::string>& text) {
  Enum value{};
  if (!text || !boost::describe::enum_from_string(text->c_str(), value)) return std::nullopt;
  return value;
}

Result<Subscription::Terms> parse_terms(const json::value& object, bool deleted) {
  auto plan = word<Plan>(string_at(object, {"metadata", "plan"}));
  if (!plan) plan = word<Plan>(string_at(object, {"items", "data", "0", "price", "lookup_key"}));
  if (deleted) plan = Plan::free;
  if (!plan) return bad_payload("data/object/metadata/plan");
  const auto status = word<SubscriptionStatus>(string_at(object, {"status"}));
  if (!status) return bad_payload("data/object/status");
  const auto quantity = integer_at(object, {"items", "data", "0", "quantity"}).value_or(1);
  if (quantity < 1 || quantity > Subscription::max_seats) return bad_payload("data/object/items/data/0/quantity");
  auto period_end = integer_at(object, {"current_period_end"});
  if (!period_end) period_end = integer_at(object, {"items", "data", "0", "current_period_end"});
  if (period_end && (*period_end < 0 || *period_end > last_second))
    return bad_payload("data/object/current_period_end");
  const json::value* cancel = at(object, {"cancel_at_period_end"});

  Subscription::Terms terms{*plan, *status, static_cast<int>(quantity), std::nullopt,
                            cancel != nullptr && cancel->is_bool() && cancel->get_bool()};
  if (period_end) terms.current_period_end = from_unix_seconds(*period_end);
  if (deleted) {
    terms.status = SubscriptionStatus::canceled;
    terms.cancel_at_period_end = false;
  }
  return terms;
}

// Stripe's times are whole seconds. Of what one second brings, the creation comes first and the deletion last.
std::chrono::milliseconds place_in_its_second(std::string_view type) {
  if (type == "customer.subscription.created") return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{type == "customer.subscription.deleted" ? 2 : 1};
}

}  // namespace

Result<> verify_signature(std::string_view header, std::string_view body, std::string_view secret, Timestamp now) {
  const auto refused = [](const char* why) { return failure(ErrorKind::unauthenticated, "stripe.bad_signature", why); };
  std::string_view time;
  std::vector<std::string_view> signatures;
  for (std::string_view rest = header; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.starts_with("t=")) time = part.substr(2);
    if (part.starts_with("v1=")) signatures.push_back(part.substr(3));
  }
  const auto signed_at = number(time);
  const std::string expected = hex_hmac(secret, std::string(time) + "." + std::string(body));
  const bool matches = std::ranges::any_of(
      signatures, [&](std::string_view signature) { return same_in_constant_time(signature, expected); });
  const bool is_a_time = signed_at && *signed_at >= 0 && *signed_at <= last_second;
  if (secret.empty() || !is_a_time || !matches) return refused("The webhook's signature is missing or wrong.");
  const auto age = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - *signed_at;
  const std::int64_t tolerance = std::chrono::seconds(signature_tolerance).count();
  if (age > tolerance || age < -tolerance) return refused("The webhook's signature is too old, or from the future.");
  return {};
}

Result<std::optional<StripeSubscriptionEvent>> parse_stripe_event(std::string_view body) {
  constexpr std::string_view wanted = "customer.subscription.";
  auto parsed = catalog::parse_strict_json(body, {.depth = 32});
  if (!parsed) {
    parsed.error().code = "stripe.bad_payload";
    return std::unexpected(std::move(parsed.error()));
  }
  const json::value& root = *parsed;

  const auto type = string_at(root, {"type"});
  if (!type) return bad_payload("type");
  if (!type->starts_with(wanted)) return std::nullopt;
  const auto id = string_at(root, {"id"});
  if (!id || id->empty() || id->size() > 255) return bad_payload("id");
  const auto created = integer_at(root, {"created"});
  if (!created || *created < 0 || *created > last_second) return bad_payload("created");
  const json::value* object = at(root, {"data", "object"});
  if (object == nullptr || !object->is_object()) return bad_payload("data/object");
  const auto stripe_id = string_at(*object, {"id"});
  if (!stripe_id || stripe_id->empty() || stripe_id->size() > 255) return bad_payload("data/object/id");

  auto terms = parse_terms(*object, *type == "customer.subscription.deleted");
  if (!terms) return std::unexpected(terms.error());
  const auto begun = integer_at(*object, {"created"}).value_or(*created);
  if (begun < 0 || begun > last_second) return bad_payload("data/object/created");
  const auto workspace = string_at(*object, {"metadata", "workspace_id"});
  return StripeSubscriptionEvent{
      *id,
      {*stripe_id, from_unix_seconds(begun), from_unix_seconds(*created) + place_in_its_second(*type), *terms},
      workspace ? kernel::WorkspaceId::parse(*workspace) : std::nullopt};
}

}  // namespace orbit::billing
