// The commands `orbit key create|list|revoke`, on the database itself: no node need run. Main thread.
#pragma once

#include "app/config.hpp"
#include "app/domain.hpp"

namespace orbit::app {

/// What is to be printed.
[[nodiscard]] kernel::Result<std::string> create_key(Domain& domain, const Config& config);
[[nodiscard]] kernel::Result<std::string> list_keys(Domain& domain);
[[nodiscard]] kernel::Result<std::string> revoke_key(Domain& domain, const Config& config);

}  // namespace orbit::app
