// make_backplane: the backplane that a URL names. Plain function.
#pragma once

#include <memory>
#include <string_view>

#include "cluster/backplane.hpp"
#include "kernel/error.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::cluster {

/// `url`: "nats://[user:password@|token@]host[:port][,host[:port]…]", or tls:// for the same with TLS;
/// "redis://[[user]:password@]host[:port][/database]", whose pub/sub is the same for all databases;
/// "postgres" for LISTEN and NOTIFY in the database of `database_url`, or "postgresql://…" for another, or for a way to
/// it past PgBouncer. Connects once it is started. `realtime` and `metrics` outlive it. Errors are invalid
/// "backplane.bad_url" and never show a password.
[[nodiscard]] kernel::Result<std::unique_ptr<Backplane>> make_backplane(std::string_view url,
                                                                        std::string_view database_url,
                                                                        kernel::Scheduler& realtime,
                                                                        kernel::MetricsRegistry& metrics);

}  // namespace orbit::cluster
