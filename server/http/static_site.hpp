// StaticSite: the built page, read into memory when the program starts. Immutable from then on: any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "http/message.hpp"
#include "kernel/error.hpp"

namespace orbit::http {

class StaticSite {
 public:
  static constexpr std::size_t max_bytes = 64 * 1024 * 1024;

  /// Without a page: "/" says that the node runs, all else is 404.
  StaticSite() = default;

  /// Error: invalid "web.unreadable", naming the folder, where it can't be read, has no index.html or is larger than
  /// max_bytes.
  [[nodiscard]] static kernel::Result<StaticSite> load(const std::filesystem::path& folder);

  /// What is hashed into its name (/assets/…) may be kept for good; any other path without a dot is the page's own to
  /// route.
  [[nodiscard]] Response serve(const Request& request) const;

 private:
  struct File {
    std::string type;
    std::string etag;
    std::string body;
  };

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace orbit::http
