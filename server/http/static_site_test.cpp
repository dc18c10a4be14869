#include "http/static_site.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace orbit::http {
namespace {

namespace fs = std::filesystem;

class StaticSiteTest : public testing::Test {
 protected:
  StaticSiteTest() {
    char name[] = "/tmp/orbit-site-XXXXXX";
    folder = fs::path(mkdtemp(name)) / "web";
    write("index.html", "<!doctype html>the page");
    write("assets/app-1a2b.js", "script");
    write("../secret.txt", "secret");
  }
  ~StaticSiteTest() override { fs::remove_all(folder.parent_path()); }

  void write(const std::string& file, const std::string& content) const {
    fs::create_directories((folder / file).parent_path());
    std::ofstream(folder / file) << content;
  }

  [[nodiscard]] StaticSite site() const { return StaticSite::load(folder).value(); }

  [[nodiscard]] std::string refusal() const {
    const auto loaded = StaticSite::load(folder);
    return loaded ? "" : loaded.error().code + ": " + loaded.error().message;
  }

  static Request get(std::string path) { return {.method = "GET", .path = std::move(path)}; }

  static std::string header(const Response& response, std::string_view name) {
    std::string values;
    for (const auto& [key, value] : response.headers) {
      if (key == name) values += values.empty() ? value : " and " + value;
    }
    return values;
  }

  fs::path folder;
};

constexpr const char* immutable = "public, max-age=31536000, immutable";

TEST_F(StaticSiteTest, ServesFilesWithTheirTypes) {
  const std::pair<const char*, const char*> types[] = {
      {"page.html", "text/html; charset=utf-8"},
      {"app.js", "text/javascript; charset=utf-8"},
      {"app.css", "text/css; charset=utf-8"},
      {"icon.svg", "image/svg+xml"},
      {"icon.png", "image/png"},
      {"favicon.ico", "image/x-icon"},
      {"data.json", "application/json"},
      {"font.woff2", "font/woff2"},
      {"robots.txt", "text/plain; charset=utf-8"},
      {"site.webmanifest", "application/manifest+json"},
      {"deep/er/other.bin", "application/octet-stream"},
  };
  for (const auto& [file, type] : types) write(file, "content of " + std::string(file));
  const auto loaded = site();
  for (const auto& [file, type] : types) {
    const auto response = loaded.serve(get("/" + std::string(file)));
    EXPECT_EQ(response.status, 200) << file;
    EXPECT_EQ(response.body, "content of " + std::string(file));
    EXPECT_EQ(header(response, "Content-Type"), type) << file;
  }
}

TEST_F(StaticSiteTest, GivesThePageToWhateverItMayRouteItself) {
  const auto loaded = site();
  for (const char* path : {"/", "/w/acme/members", "/invite/abc", "/w/acme/"}) {
    const auto response = loaded.serve(get(path));
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.body, "<!doctype html>the page") << path;
    EXPECT_EQ(header(response, "Content-Type"), "text/html; charset=utf-8") << path;
    EXPECT_EQ(header(response, "Cache-Control"), "no-cache") << path;
  }
}

TEST_F(StaticSiteTest, HasNothingElse) {
  const auto loaded = site();
  for (const char* path : {"/missing.js", "/assets/app-0000.js", "/assets/app", "/assets/"}) {
    const auto response = loaded.serve(get(path));
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(header(response, "Cache-Control"), "no-store") << path;
  }
}

TEST_F(StaticSiteTest, ServesNothingOutsideOfItsFolder) {
  const auto loaded = site();
  for (const char* path : {"/../secret.txt", "/assets/../../secret.txt", "/./index.html", "//secret.txt", "/..",
                           "/..\\secret.txt", "/assets/../index.html"}) {
    EXPECT_EQ(loaded.serve(get(path)).status, 404) << path;
  }
}

TEST_F(StaticSiteTest, LetsBrowsersKeepForGoodOnlyWhatIsHashedIntoItsName) {
  write("robots.txt", "");
  const auto loaded = site();
  EXPECT_EQ(header(loaded.serve(get("/assets/app-1a2b.js")), "Cache-Control"), immutable);
  EXPECT_EQ(header(loaded.serve(get("/index.html")), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(loaded.serve(get("/robots.txt")), "Cache-Control"), "no-cache");
}

TEST_F(StaticSiteTest, SendsNothingAgainThatTheBrowserHas) {
  const auto loaded = site();
  const std::string tag = header(loaded.serve(get("/")), "ETag");
  ASSERT_TRUE(tag.starts_with('"') && tag.ends_with('"') && tag.size() > 2) << tag;
  Request again = get("/w/acme");
  again.headers.emplace_back("If-None-Match", "W/" + tag);
  const auto unchanged = loaded.serve(again);
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.body, "");
  EXPECT_EQ(header(unchanged, "ETag"), tag);
  EXPECT_EQ(header(unchanged, "Cache-Control"), "no-cache");

  write("index.html", "another page");
  const auto changed = site().serve(again);
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, "another page");
  EXPECT_NE(header(changed, "ETag"), tag);
}

TEST_F(StaticSiteTest, KeepsThePageFromForeignScriptsAndFrames) {
  for (const auto& response : {site().serve(get("/")), StaticSite().serve(get("/"))}) {
    const std::string policy = header(response, "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'self'"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'self'"), std::string::npos);
    EXPECT_NE(policy.find("base-uri 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(header(response, "Referrer-Policy"), "same-origin");
  }
}

TEST_F(StaticSiteTest, IsOnlyRead) {
  const auto loaded = site();
  for (const char* method : {"POST", "PUT", "DELETE", "TRACE"}) {
    Request request = get("/");
    request.method = method;
    const auto response = loaded.serve(request);
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD, OPTIONS") << method;
  }
}

TEST_F(StaticSiteTest, SaysThatTheNodeRunsWhereItHasNoPage) {
  const StaticSite none;
  const auto response = none.serve(get("/"));
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("Orbit is running"), std::string::npos);
  EXPECT_EQ(header(response, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(none.serve(get("/index.html")).status, 404);
  EXPECT_EQ(none.serve(get("/w/acme")).status, 404);
}

TEST_F(StaticSiteTest, IsReadWhenItIsLoadedAndNotAgain) {
  const auto loaded = site();
  fs::remove_all(folder);
  EXPECT_EQ(loaded.serve(get("/assets/app-1a2b.js")).body, "script");
}

TEST_F(StaticSiteTest, TakesItsFolderHoweverItIsWritten) {
  for (const fs::path& written : {folder / "", folder / ".", folder / ".." / "web", fs::relative(folder)}) {
    const auto loaded = StaticSite::load(written);
    ASSERT_TRUE(loaded) << written;
    EXPECT_EQ(loaded->serve(get("/assets/app-1a2b.js")).body, "script") << written;
  }
}

TEST_F(StaticSiteTest, SaysWhichFolderCannotBeServed) {
  fs::remove(folder / "index.html");
  EXPECT_EQ(refusal(),
            "web.unreadable: The page in " + folder.string() + " can't be served: there is no index.html in it.");
  fs::remove_all(folder);
  EXPECT_TRUE(refusal().starts_with("web.unreadable: The page in " + folder.string())) << refusal();
}

TEST_F(StaticSiteTest, RefusesAFolderWithAFileThatCannotBeRead) {
  fs::create_symlink("loop.js", folder / "loop.js");
  EXPECT_TRUE(refusal().starts_with("web.unreadable: ")) << refusal();
  EXPECT_NE(refusal().find("loop.js"), std::string::npos) << refusal();
}

TEST_F(StaticSiteTest, RefusesMoreThanItMayHoldInMemory) {
  write("assets/huge.bin", "");
  fs::resize_file(folder / "assets/huge.bin", StaticSite::max_bytes + 1);  // sparse: takes no room on the disk
  EXPECT_NE(refusal().find("larger than 64 MiB"), std::string::npos) << refusal();
}

}  // namespace
}  // namespace orbit::http
