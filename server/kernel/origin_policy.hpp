// OriginPolicy: which web origins (RFC 6454) may open sockets, change state with a cookie and read answers across
// origins. Immutable once made: any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/error.hpp"

namespace orbit::kernel {

class OriginPolicy {
 public:
  /// Each origin is `http[s]://host[:port]`. Case, a default port and one trailing slash are put into the form that
  /// browsers send; anything more, a path or a wildcard say, is `invalid` about the field "public_origin" or
  /// "allow_origin/N".
  [[nodiscard]] static Result<OriginPolicy> create(std::string_view public_origin,
                                                   std::span<const std::string> allowed = {});

  /// Whether an Origin header's value is, byte for byte, the public origin or an allowed one. A request without the
  /// header, or with "null", is foreign: browsers name their origin wherever this is asked, other clients can.
  [[nodiscard]] bool allows(std::optional<std::string_view> origin) const;

  [[nodiscard]] const std::string& public_origin() const { return origins_.front(); }

 private:
  OriginPolicy() = default;

  std::vector<std::string> origins_;  // the public one first
};

}  // namespace orbit::kernel
