#include "http/router.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "http/problem.hpp"

namespace orbit::http {

namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    segments.emplace_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::ranges::equal(pattern, path, [](std::string_view expected, std::string_view segment) {
    return is_parameter(expected) ? !segment.empty() : expected == segment;
  });
}

}  // namespace

std::string_view PathParameters::operator[](std::string_view name) const {
  const auto found = std::ranges::find(values_, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == values_.end() ? std::string_view{} : std::string_view(found->second);
}

void Router::add(std::string method, std::string_view pattern, Handler handler) {
  routes_.push_back({std::move(method), std::string(pattern), split(pattern), std::move(handler)});
}

void Router::visit(const std::function<void(const std::string&, const std::string&)>& visitor) const {
  for (const Route& route : routes_) visitor(route.method, route.pattern);
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  const auto segments = split(path);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  Match match;
  for (const Route& route : routes_) {
    if (!fits(route.segments, segments)) continue;
    if (std::ranges::find(match.allowed, route.method) == match.allowed.end()) match.allowed.push_back(route.method);
    if (route.method != wanted || match.handler != nullptr) continue;
    match.handler = &route.handler;
    match.route = static_cast<std::size_t>(&route - routes_.data());
    match.pattern = route.pattern;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const std::string_view name = route.segments[i];
      if (is_parameter(name)) match.parameters.add(std::string(name.substr(1, name.size() - 2)), segments[i]);
    }
  }
  return match;
}

Response Router::run(const Match& match, const Request& request) {
  try {
    return (*match.handler)(request, match.parameters);
  } catch (const std::exception& error) {
    spdlog::error("request {}: {} {}: {}", request.id, request.method, match.pattern, error.what());
    return problem(500, "internal", "Something went wrong on our side.");
  }
}

Response Router::without_handler(const Match& match, std::vector<std::string> others) {
  if (match.allowed.empty()) return problem(404, "not_found", "There is no such route.");
  others.insert(others.end(), match.allowed.begin(), match.allowed.end());
  std::string methods;
  for (const std::string& method : others) methods.append(methods.empty() ? "" : ", ").append(method);
  Response response = problem(405, "method.not_allowed", "This route has no such method.");
  response.headers.emplace_back("Allow", std::move(methods));
  return response;
}

}  // namespace orbit::http
