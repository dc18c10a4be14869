#include "http/problem.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace orbit::http {

namespace json = boost::json;
using kernel::Error;
using kernel::ErrorKind;

namespace {

int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::invalid:
      return error.code.starts_with("json.") || error.code == "stripe.bad_payload" ? 400 : 422;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::gone:
      return 410;
    case ErrorKind::too_many:
      return 429;
    case ErrorKind::unavailable:
      return error.code == "database.full" ? 507 : 503;
    case ErrorKind::internal:
      break;
  }
  return 500;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return "Internal Server Error";
  }
}

constexpr const char* problem_type = "application/problem+json";

Response problem_of(int status, const Error& error, std::string_view request_id) {
  json::object body{{"type", "about:blank"},
                    {"title", title_of(status)},
                    {"status", status},
                    {"detail", error.message},
                    {"code", error.code}};
  if (!error.fields.empty()) {
    json::array errors;
    for (const auto& field : error.fields) {
      errors.push_back(json::object{{"field", field.field}, {"code", field.code}, {"message", field.message}});
    }
    body["errors"] = std::move(errors);
  }
  if (!request_id.empty()) body["requestId"] = request_id;
  Response response{status, {{"Content-Type", problem_type}, {"Cache-Control", "no-store"}}, json::serialize(body)};
  if (error.retry_after) response.headers.emplace_back("Retry-After", std::to_string(error.retry_after->count()));
  return response;
}

}  // namespace

Error overloaded() {
  Error error{ErrorKind::unavailable, "node.overloaded", "The node is too busy. Try again in a moment."};
  error.retry_after = std::chrono::seconds(1);
  return error;
}

Response problem(const Error& error, std::string_view request_id) {
  return problem_of(status_of(error), error, request_id);
}

Response problem(int status, std::string_view code, std::string_view detail, std::string_view request_id) {
  return problem_of(status, Error{ErrorKind::internal, std::string(code), std::string(detail)}, request_id);
}

void name_request(Response& response, std::string_view request_id) {
  if (std::ranges::find(response.headers, std::pair<std::string, std::string>("Content-Type", problem_type)) ==
      response.headers.end()) {
    return;
  }
  json::object body = json::parse(response.body).as_object();
  if (!body.emplace("requestId", request_id).second) return;
  response.body = json::serialize(body);
}

}  // namespace orbit::http
