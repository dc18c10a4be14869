#include <boost/describe/enum_from_string.hpp>

#include "http/answers.hpp"
#include "http/api.hpp"
#include "http/body_reader.hpp"

namespace orbit::http {

using identity::ResolvedSession;

void Api::add_billing_routes() {
  add("GET", "/v1/workspaces/{slug}/subscription",
      [this](const Request&, const Path& path, const ResolvedSession& session) {
        return answer_with(services_.billing.subscription(session.user_id, path["slug"]));
      });
  add("PUT", "/v1/workspaces/{slug}/subscription",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const std::string name = body.string("plan", 64);
        const auto seats = body.integer("seats", 1, billing::Subscription::max_seats);
        catalog::Plan plan{};
        if (!name.empty() && !boost::describe::enum_from_string(name.c_str(), plan)) {
          body.fail("plan", "unknown", "There is no such plan.");
        }
        if (const auto error = body.finish()) return problem(*error);
        return answer_with(services_.billing.change_plan(session.user_id, path["slug"], plan, static_cast<int>(seats)));
      });
  router_.add("POST", "/v1/billing/stripe", [this](const Request& request, const Path&) {
    const auto handled =
        services_.billing.handle_stripe_webhook(request.header("Stripe-Signature").value_or(""), request.body);
    return handled ? json_response(200, R"({"received":true})") : problem(handled.error());
  });
}

}  // namespace orbit::http
