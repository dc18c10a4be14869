#include "app/node.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "app/admin_host.hpp"
#include "app/asio_scheduler.hpp"
#include "app/domain.hpp"
#include "app/front_door.hpp"
#include "app/io_thread.hpp"
#include "app/metrics_exposer.hpp"
#include "app/realtime_host.hpp"
#include "app/seed.hpp"
#include "cluster/backplane_factory.hpp"
#include "http/tls.hpp"
#include "storage/database_url.hpp"
#include "storage/serving_lock.hpp"

namespace orbit::app {

using kernel::DomainEvent;
using kernel::Result;

namespace {

// Tells the one who is made last of what those made first hear: the gateway needs the domain, and the domain's sessions
// tell the gateway.
struct LateSessionListener final : identity::SessionListener {
  identity::SessionListener* listener = nullptr;
  void session_ended(kernel::SessionId session) override {
    if (listener != nullptr) listener->session_ended(session);
  }
};

// Another at each start of the machine; empty where the system has none to give.
std::string boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

// One I/O thread with its sockets and its way in.
struct ShardHost {
  ShardHost(http::Api& api, http::WorkerPool& workers, const kernel::OriginPolicy& origins, RealtimeHost& realtime,
            const kernel::Clock& clock, kernel::MetricsRegistry& metrics, const websocket::ShardOptions& options,
            const http::ServerOptions& server_options)
      : thread("shard " + std::to_string(options.number)),
        shard(thread.context(), realtime.gateway(), clock, metrics, options),
        door(api, workers, origins, realtime.admission(), shard, metrics, options.deflate_from != 0),
        server(thread.context(), door, metrics, server_options) {}
  ~ShardHost() { thread.stop(); }

  IoThread thread;
  websocket::Shard shard;
  FrontDoor door;
  http::Server server;
};

}  // namespace

class Node::Impl {
 public:
  explicit Impl(const Config& config)
      : config_(config),
        address_limits_(config.address_limits, clock_, metrics_),
        scheduler_(realtime_thread_.context()) {}

  ~Impl() {
    // Whoever calls into another thread's parts ends before those are taken down.
    if (workers_) workers_->stop();
    realtime_thread_.stop();
    admin_.reset();
    shards_.clear();
  }

  Result<> start() {
    if (auto opened = open_database(); !opened) return opened;
    return put_together();
  }

  Result<> open_database() {
    auto lock = storage::ServingLock::take(config_.database);
    if (!lock) return std::unexpected(lock.error());
    serving_lock_.emplace(*std::move(lock));
    auto database = storage::Database::open(config_.database, {.durability = config_.durability}, clock_, metrics_);
    if (!database) return std::unexpected(database.error());
    database_ = std::move(*database);
    const auto migrated = database_->migrate();
    if (!migrated) return std::unexpected(migrated.error());
    for (const std::string& name : *migrated) spdlog::info("database: applied {}", name);

    const auto renewed = database_->begin_serving(boot_id());
    if (!renewed) return std::unexpected(renewed.error());
    if (*renewed) {
      spdlog::warn(
          "database: the machine was started anew since it was served with --durability normal; the last "
          "commits may be gone, so every tab hydrates again");
    }
    domain_ = std::make_unique<Domain>(*database_, session_listener_, config_.stripe_webhook_secret, clock_,
                                       identity::PasswordHasher::interactive_cost(), config_.sessions);
    if (!config_.demo) return {};
    const auto seeded = seed_demo_if_empty(*domain_);
    if (!seeded) return std::unexpected(seeded.error());
    if (*seeded) spdlog::info("database: seeded the demo workspaces");
    return {};
  }

  Result<> put_together() {
    auto epoch = domain_->unit_of_work.read([&](const kernel::ReadContext& context) -> Result<std::string> {
      return database_->event_log().epoch(context);
    });
    if (!epoch) return std::unexpected(epoch.error());
    if (!config_.web.empty()) {
      auto site = http::StaticSite::load(config_.web);
      if (!site) return std::unexpected(site.error());
      site_ = *std::move(site);
    }
    http::ReservedPort port{config_.listen_port, nullptr};
    if (port.port == 0) {
      auto reserved = http::reserve_free_port(realtime_thread_.context(), config_.listen_host);
      if (!reserved) return std::unexpected(reserved.error());
      port = *std::move(reserved);
    }
    if (!config_.tls_certificate.empty()) {
      auto tls = http::Tls::load({config_.tls_certificate, config_.tls_key}, metrics_);
      if (!tls) return std::unexpected(tls.error());
      tls_ = *std::move(tls);
    }
    url_ = (tls_ ? "https://" : "http://") + host_and_port(config_.listen_host, port.port);
    auto origins = kernel::OriginPolicy::create(config_.public_origin.empty() ? url_ : config_.public_origin,
                                                config_.allow_origins);
    if (!origins) return std::unexpected(origins.error());
    origins_.emplace(*std::move(origins));

    workers_ = std::make_unique<http::WorkerPool>(
        http::WorkerPoolOptions{config_.worker_threads, config_.max_queued_commands, config_.max_queue_wait,
                                identity::PasswordHasher::max_at_once},
        clock_, metrics_);
    auto backplane = open_backplane();
    if (!backplane) return std::unexpected(backplane.error());
    realtime_ = std::make_unique<RealtimeHost>(
        RealtimeHost::Given{config_, *domain_, scheduler_, *workers_, *epoch, clock_, metrics_, *std::move(backplane)});
    session_listener_.listener = &realtime_->gateway();
    database_->set_commit_listener(&realtime_->relay());
    if (auto started = on_realtime_thread([this] { return realtime_->start(); }); !started) return started;
    make_api();
    if (auto listening = listen(port.port, port.hold != nullptr); !listening) return listening;
    if (!config_.metrics_host.empty()) {
      metrics_.gauge("orbit_build_info", "1, with what runs here in its labels", {{"version", version}}).set(1);
      auto exposer = expose_metrics(config_.metrics_host, config_.metrics_port, metrics_, clock_);
      if (!exposer) return std::unexpected(exposer.error());
      metrics_exposer_ = *std::move(exposer);
    }
    if (auto listening = open_admin(); !listening) return listening;
    ready_ = true;
    for (const auto& host : shards_) host->server.start();
    if (admin_) admin_->start();
    spdlog::info("started: orbit {} on {}, {} shards, database {}, backplane {}", version, url_, shards_.size(),
                 storage::without_password(config_.database), config_.backplane.substr(0, config_.backplane.find(':')));
    return {};
  }

  // Nowhere unless asked for.
  Result<> open_admin() {
    if (config_.admin_host.empty()) return {};
    std::vector<const websocket::Shard*> shards;
    for (const auto& host : shards_) shards.push_back(&host->shard);
    admin_ = std::make_unique<AdminHost>(
        OperatorDesk::Parts{config_, config_.node_name.empty() ? url_.substr(url_.rfind('/') + 1) : config_.node_name,
                            *domain_, realtime_->access(), std::move(shards), metrics_, clock_},
        *workers_, metrics_);
    on_realtime_thread([this] {
      admin_->start_rates();
      return true;
    });
    return admin_->listen();
  }

  // nullptr for none.
  Result<std::unique_ptr<cluster::Backplane>> open_backplane() {
    if (config_.backplane == "none") return nullptr;
    if (!database_->is_shared()) {
      return kernel::failure(kernel::ErrorKind::invalid, "backplane.alone",
                             "--backplane is for nodes that share a database: --database must be a postgresql:// URL.");
    }
    const auto database = storage::parse_database_url(config_.database);
    if (!database) return std::unexpected(database.error());
    return cluster::make_backplane(config_.backplane, std::get<storage::PostgresqlUrl>(*database).connection,
                                   scheduler_, metrics_);
  }

  void make_api() {
    http::ApiOptions options;
    options.secure_cookies = origins_->public_origin().starts_with("https://");
    if (config_.demo) options.demo_accounts = demo_accounts();
    options.commands_per_user = config_.commands_per_user;
    options.commands_per_workspace = config_.commands_per_workspace;
    options.tabs_are_behind = [this] { return tabs_are_behind(); };
    api_ = std::make_unique<http::Api>(
        http::Services{domain_->unit_of_work, database_->event_log(), clock_, domain_->session_resolver,
                       domain_->sessions, domain_->repositories, domain_->workspaces, domain_->members, domain_->roles,
                       domain_->invites, domain_->teams, domain_->billing,
                       [this](kernel::WorkspaceId workspace) { return roster(workspace); }},
        *workers_, *origins_, site_, [this] { return ready_.load(); }, options, metrics_);
  }

  // Whether what was committed waits too long for the threads that tell tabs of it. Any thread, once the node serves.
  [[nodiscard]] bool tabs_are_behind() const {
    return realtime_->overdue() > config_.max_queue_wait || std::ranges::any_of(shards_, [&](const auto& host) {
             return host->shard.oldest_wait() > config_.max_queue_wait;
           });
  }

  // Waits for the realtime thread, but not for long: a snapshot without presence is better than none.
  std::vector<catalog::PresenceDTO> roster(kernel::WorkspaceId workspace) {
    auto promise = std::make_shared<std::promise<std::vector<catalog::PresenceDTO>>>();
    auto future = promise->get_future();
    realtime_->with_roster(workspace, [promise](auto members) { promise->set_value(std::move(members)); });
    if (future.wait_for(std::chrono::seconds(1)) != std::future_status::ready) return {};
    return future.get();
  }

  Result<> listen(unsigned short port, bool reserved) {
    http::ServerOptions server_options;
    server_options.address_limits = &address_limits_;
    server_options.tls = tls_.get();
    server_options.trusted_proxies = http::TrustedProxies(config_.trusted_proxies);
    const std::size_t count = config_.shards != 0 ? config_.shards : std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < count; ++i) {
      websocket::ShardOptions options;
      options.number = static_cast<std::uint16_t>(i);
      options.heartbeat = config_.heartbeat;
      options.messages_per_second = config_.message_rate;
      options.message_burst = config_.message_burst;
      options.max_queued_bytes = config_.outbound_queue;
      options.max_connections = config_.max_connections;
      options.deflate_from = config_.compress_from;
      options.batches_sends = !config_.no_io_uring;
      shards_.push_back(std::make_unique<ShardHost>(*api_, *workers_, *origins_, *realtime_, clock_, metrics_, options,
                                                    server_options));
      if (auto done = shards_.back()->server.listen(config_.listen_host, port, reserved || i > 0); !done) return done;
    }
    return {};
  }

  template <class Work>
  auto on_realtime_thread(Work work) -> std::invoke_result_t<Work&> {
    std::promise<std::invoke_result_t<Work&>> done;
    scheduler_.post([&] { done.set_value(work()); });
    return done.get_future().get();
  }

  // Returns once all have called what they are given.
  template <class Begin>
  void each_shard(Begin begin) {
    std::latch done(static_cast<std::ptrdiff_t>(shards_.size()));
    for (const auto& host : shards_) begin(*host, [&] { done.count_down(); });
    done.wait();
  }

  void reload_tls() {
    if (const auto reloaded = tls_->reload(); !reloaded) {
      spdlog::error("{} What was read before stays in use.", reloaded.error().message);
    } else {
      spdlog::info("tls: the certificate was read again");
    }
  }

  void stop() {
    if (!ready_.exchange(false)) return;
    spdlog::info("stopping: {} sockets to send away", realtime_->socket_count());
    // Those who ask hear 503 of /readyz meanwhile. Commands are taken to the last; they need workers and realtime
    // thread.
    const auto noticed_by = clock_.steady_now() + config_.drain;
    each_shard([&](ShardHost& host, auto done) {
      host.server.end_keep_alive();
      host.shard.drain(config_.drain, std::move(done));
    });
    const auto notice = std::chrono::duration_cast<std::chrono::milliseconds>(noticed_by - clock_.steady_now());
    each_shard([&](ShardHost& host, auto done) { host.server.drain(notice, std::move(done)); });
    if (tls_) tls_->wait_until_idle(std::chrono::seconds(1));
    if (admin_) admin_->drain();
    workers_->stop();
    on_realtime_thread([this] {
      realtime_->stop();
      return true;
    });
    spdlog::info("stopped");
  }

  const Config config_;
  kernel::SystemClock clock_;
  kernel::MetricsRegistry metrics_;
  std::optional<storage::ServingLock> serving_lock_;
  http::AddressLimits address_limits_;
  std::unique_ptr<http::Tls> tls_;  // nullptr: connections are plain
  std::unique_ptr<storage::Database> database_;
  LateSessionListener session_listener_;
  std::unique_ptr<Domain> domain_;
  std::optional<kernel::OriginPolicy> origins_;
  http::StaticSite site_;
  IoThread realtime_thread_{"realtime"};
  AsioScheduler scheduler_;
  std::unique_ptr<http::WorkerPool> workers_;
  std::unique_ptr<RealtimeHost> realtime_;
  std::unique_ptr<http::Api> api_;
  std::vector<std::unique_ptr<ShardHost>> shards_;
  std::unique_ptr<AdminHost> admin_;  // nullptr where it is not asked for
  std::shared_ptr<void> metrics_exposer_;
  std::atomic<bool> ready_{false};
  std::string url_;
};

Node::Node(const Config& config) : impl_(std::make_unique<Impl>(config)) {}
Node::~Node() = default;
Result<> Node::start() { return impl_->start(); }
std::string Node::url() const { return impl_->url_; }
void Node::reload_tls() { impl_->reload_tls(); }
bool Node::runs_demo() const { return impl_->config_.demo; }
void Node::stop() { impl_->stop(); }

}  // namespace orbit::app
