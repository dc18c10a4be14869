#include "http/static_site.hpp"

#include <fstream>
#include <functional>
#include <iterator>

#include "http/problem.hpp"

namespace orbit::http {

namespace {

constexpr const char* content_security_policy =
    "default-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'self'; object-src 'none'";

constexpr const char* page_without_web =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Orbit</title><h1>Orbit is running</h1>"
    "<p>This node serves the API under <code>/v1</code>. Start it with <code>--web</code> to serve a page as well.</p>";

std::string type_of(const std::filesystem::path& file) {
  static const std::map<std::string, std::string> types{{".html", "text/html; charset=utf-8"},
                                                        {".js", "text/javascript; charset=utf-8"},
                                                        {".css", "text/css; charset=utf-8"},
                                                        {".svg", "image/svg+xml"},
                                                        {".png", "image/png"},
                                                        {".ico", "image/x-icon"},
                                                        {".json", "application/json"},
                                                        {".woff2", "font/woff2"},
                                                        {".txt", "text/plain; charset=utf-8"},
                                                        {".webmanifest", "application/manifest+json"}};
  const auto found = types.find(file.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

}  // namespace

kernel::Result<StaticSite> StaticSite::load(const std::filesystem::path& folder) {
  const auto unreadable = [&](const std::string& why) {
    return kernel::failure(kernel::ErrorKind::invalid, "web.unreadable",
                           "The page in " + folder.string() + " can't be served: " + why + ".");
  };
  StaticSite site;
  std::size_t total = 0;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::end(entry); entry.increment(error)) {
    const std::string name = entry->path().lexically_relative(folder).generic_string();
    const bool is_file = entry->is_regular_file(error);
    const std::size_t size = is_file ? entry->file_size(error) : 0;
    if (error) return unreadable(name + ": " + error.message());
    if (!is_file) continue;
    total += size;
    if (total > max_bytes) return unreadable("it is larger than 64 MiB");
    std::ifstream in(entry->path(), std::ios::binary);
    File file{type_of(entry->path()), {}, {std::istreambuf_iterator<char>(in), {}}};
    if (file.body.size() != size) return unreadable(name + " can't be read");
    file.etag = "\"" + std::to_string(std::hash<std::string>{}(file.body)) + "\"";
    site.files_.emplace("/" + name, std::move(file));
  }
  if (error) return unreadable(error.message());
  if (!site.files_.contains("/index.html")) return unreadable("there is no index.html in it");
  return site;
}

Response StaticSite::serve(const Request& request) const {
  if (request.changes_state()) {
    Response response = problem(405, "method.not_allowed", "A page is only read.");
    response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
    return response;
  }
  const Headers page_headers{{"Content-Security-Policy", content_security_policy},
                             {"Referrer-Policy", "same-origin"},
                             {"Cache-Control", "no-cache"}};
  if (files_.empty()) {
    if (request.path != "/") return problem(404, "not_found", "There is nothing here.");
    Response response{200, page_headers, page_without_web};
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    return response;
  }
  auto file = files_.find(request.path);
  const bool is_asset = request.path.starts_with("/assets/");
  const bool is_route = !is_asset && !request.path.contains('.');
  if (file == files_.end() && is_route) file = files_.find("/index.html");
  if (file == files_.end()) return problem(404, "not_found", "There is nothing here.");

  Response response{200, page_headers, {}};
  if (is_asset) response.headers.back().second = "public, max-age=31536000, immutable";
  response.headers.emplace_back("ETag", file->second.etag);
  if (request.has_etag(file->second.etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", file->second.type);
  response.body = file->second.body;
  return response;
}

}  // namespace orbit::http
