// Router: from method and path to a handler. Routes are added while the program is put together; look-ups come from any
// thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace orbit::http {

/// What a pattern's {names} stood for.
class PathParameters {
 public:
  void add(std::string name, std::string value) { values_.emplace_back(std::move(name), std::move(value)); }

  /// Empty for a name that the pattern has not.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

class Router {
 public:
  using Handler = std::function<Response(const Request&, const PathParameters&)>;

  /// `pattern` as in "/v1/workspaces/{slug}/teams/{id}"; a name stands for one non-empty segment.
  void add(std::string method, std::string_view pattern, Handler handler);

  struct Match {
    const Handler* handler = nullptr;  // null where nothing fits
    PathParameters parameters;
    std::size_t route = 0;             // of the handler: routes count from 0, as they were added
    std::string_view pattern;          // for logs
    std::vector<std::string> allowed;  // the path's methods; empty where no route has this path
  };

  /// Calls `visit` with each route's method and pattern, in the order that they were added.
  void visit(const std::function<void(const std::string& method, const std::string& pattern)>& visitor) const;

  /// HEAD is answered by the handler of GET.
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;

  /// What the handler answers; 500 where it throws, which is logged.
  [[nodiscard]] static Response run(const Match& match, const Request& request);

  /// For what has no handler: 404, or 405 with the methods that there are, `others` first.
  [[nodiscard]] static Response without_handler(const Match& match, std::vector<std::string> others = {});

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    Handler handler;
  };

  std::vector<Route> routes_;
};

}  // namespace orbit::http
