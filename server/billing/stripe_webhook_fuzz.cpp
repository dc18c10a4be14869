// Anything that may be posted as Stripe's: no signature holds but the one that the secret makes, and what is read of an
// event is in its range. The first line of the input is the header, the rest the body.
#include "billing/stripe_webhook.hpp"
#include "billing/testing/stripe_event.hpp"
#include "kernel/testing/fuzzing.hpp"

namespace orbit::billing {
namespace {

using kernel::require;

constexpr std::string_view secret = "whsec_of_the_fuzzer";
constexpr std::string_view signed_at = "1767225600";
const kernel::Timestamp now{std::chrono::seconds{1'767'225'600}};

void try_signature(std::string_view header, std::string_view body) {
  require(!verify_signature(header, body, secret, now));
  require(!verify_signature(header, body, "", now));
  const std::string right =
      std::string(header) + ",t=" + std::string(signed_at) + ",v1=" + stripe_hmac(secret, signed_at, body);
  require(verify_signature(right, body, secret, now).has_value());
  require(!verify_signature(right, std::string(body) + ' ', secret, now));
}

void try_event(std::string_view body) {
  const auto event = parse_stripe_event(body);
  if (!event) return require(event.error().kind == kernel::ErrorKind::invalid);
  if (!*event) return;
  require(!(*event)->event_id.empty() && (*event)->event_id.size() <= 255);
  const Subscription::StripeReport& report = (*event)->report;
  require(!report.stripe_id.empty() && report.stripe_id.size() <= 255);
  require(report.terms.seats >= 1 && report.terms.seats <= Subscription::max_seats);
  const kernel::Timestamp first{}, last{std::chrono::seconds{253'402'300'800}};
  for (const auto time : {report.begun_at, report.told_at, report.terms.current_period_end.value_or(first)}) {
    require(time >= first && time < last);
  }
}

}  // namespace
}  // namespace orbit::billing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = orbit::kernel::fuzz_input(data, size);
  const std::string_view header = orbit::kernel::take_until(body, '\n');
  orbit::billing::try_signature(header, body);
  orbit::billing::try_event(body);
  return 0;
}
