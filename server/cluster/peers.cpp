#include "cluster/peers.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json.hpp>

#include "cluster/message_fields.hpp"

namespace orbit::cluster {

namespace json = boost::json;

namespace {

constexpr std::string_view heartbeat_kind = "heartbeat";
constexpr std::string_view farewell_kind = "farewell";
constexpr std::size_t max_name = 64;
constexpr std::size_t max_departed = 256;
constexpr int ticks_per_heartbeat = 4;

// How long a node that is asked waits for others who may ask as well.
constexpr std::chrono::milliseconds answer_delay{20};

std::chrono::milliseconds tick_of(const PeerOptions& options) {
  return std::max(options.heartbeat / ticks_per_heartbeat, std::chrono::milliseconds{1});
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= max_name &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Peers::Peers(Switchboard& switchboard, kernel::Scheduler& scheduler, std::string everyone, std::string name,
             const PeerOptions& options, kernel::MetricsRegistry& metrics)
    : switchboard_(switchboard),
      scheduler_(scheduler),
      everyone_(std::move(everyone)),
      name_(std::move(name)),
      options_(options),
      peers_gauge_(metrics.gauge("orbit_cluster_peers", "Other nodes that are alive")),
      came_counter_(metrics.counter("orbit_cluster_peers_came_total", "Times that another node came, or came back")),
      farewells_counter_(metrics.counter("orbit_cluster_peers_went_total", "Times that another node went, by how",
                                         {{"how", "farewell"}})),
      leases_counter_(metrics.counter("orbit_cluster_peers_went_total", "Times that another node went, by how",
                                      {{"how", "lease"}})),
      beyond_limit_counter_(metrics.counter("orbit_cluster_peers_beyond_limit_total",
                                            "Messages of nodes that were ignored, there being too many")) {
  switchboard_.add_listener(*this);
  switchboard_.handle(std::string(heartbeat_kind), [this](const Message& message) { return heartbeat_from(message); });
  switchboard_.handle(std::string(farewell_kind), [this](const Message& message) {
    farewell_from(message.from);
    return true;
  });
}

Peers::~Peers() {
  for (const kernel::TimerId timer : {tick_timer_, answer_timer_, settle_timer_}) scheduler_.cancel(timer);
}

void Peers::add_listener(PeerListener& listener) { listeners_.push_back(&listener); }

void Peers::start() {
  is_running_ = true;
  switchboard_.subscribe(everyone_);
  tick();
}

void Peers::stop() {
  if (!std::exchange(is_running_, false)) return;
  switchboard_.publish(everyone_, farewell_kind, "");
  for (const kernel::TimerId timer : {tick_timer_, answer_timer_, settle_timer_}) scheduler_.cancel(timer);
}

// Armed anew each time it has run, and aging is posted: what a stopped process missed counts as one tick, and what is
// in the queue by then is heard before anybody is found silent.
void Peers::tick() {
  tick_timer_ = scheduler_.after(tick_of(options_), [this] {
    ticks_ = (ticks_ + 1) % ticks_per_heartbeat;
    if (ticks_ == 0) announce(false);
    scheduler_.post([this] { age(); });
    tick();
  });
}

void Peers::age() {
  const auto lease_ticks =
      static_cast<std::size_t>((options_.lease + tick_of(options_) - std::chrono::milliseconds{1}) / tick_of(options_));
  std::vector<kernel::Uuid> gone;
  for (auto& [peer, state] : peers_) {
    if (++state.silent_ticks > lease_ticks) gone.push_back(peer);
  }
  for (const kernel::Uuid& peer : gone) remove(peer, Departure::lease);
}

void Peers::announce(bool asks) {
  std::string fields = R"("name":)" + json::serialize(json::string(name_));
  if (asks) fields += R"(,"asks":true)";
  switchboard_.publish(everyone_, heartbeat_kind, fields);
}

// Whoever has just come asks the others to announce themselves; many who come at once are answered together.
void Peers::answer_soon() {
  if (answer_timer_ != 0 || !is_running_) return;
  answer_timer_ = scheduler_.after(answer_delay, [this] {
    answer_timer_ = 0;
    announce(false);
  });
}

void Peers::subscribed(std::string_view subject) {
  if (subject != everyone_ || !is_running_) return;
  announce(true);
  unsettle();
  settle_timer_ = scheduler_.after(options_.settling, [this] {
    settle_timer_ = 0;
    is_settled_ = true;
    for (PeerListener* listener : listeners_) listener->settled();
  });
}

void Peers::unsettle() {
  is_settled_ = false;
  scheduler_.cancel(std::exchange(settle_timer_, 0));
}

void Peers::heard(const kernel::Uuid& from) {
  const auto known = peers_.find(from);
  if (known != peers_.end()) {
    known->second.silent_ticks = 0;
    return;
  }
  if (std::ranges::find(departed_, from) != departed_.end()) return;
  if (peers_.size() >= max_peers) return beyond_limit_counter_.add();
  peers_.emplace(from, State{});
  peers_gauge_.set(static_cast<std::int64_t>(peers_.size()));
  came_counter_.add();
  for (PeerListener* listener : listeners_) listener->came(from);
}

bool Peers::heartbeat_from(const Message& message) {
  const auto fields = read_fields(message.text);
  if (!fields) return false;
  const json::value* name = fields->if_contains("name");
  if (name == nullptr || !name->is_string() || !is_name(name->get_string())) return false;
  const json::value* asks = fields->if_contains("asks");
  if (asks != nullptr && asks->is_bool() && asks->get_bool()) answer_soon();
  const auto known = peers_.find(message.from);
  if (known == peers_.end() || !known->second.name.empty()) return true;
  known->second.name = std::string_view(name->get_string());
  spdlog::info("cluster: node {} is here ({})", known->second.name, kernel::to_string(message.from));
  return true;
}

void Peers::farewell_from(const kernel::Uuid& peer) {
  if (!peers_.contains(peer)) return;
  departed_.push_back(peer);
  if (departed_.size() > max_departed) departed_.pop_front();
  remove(peer, Departure::farewell);
}

void Peers::remove(const kernel::Uuid& peer, Departure how) {
  if (how == Departure::farewell) {
    spdlog::info("cluster: node {} has stopped", name_of(peer));
    farewells_counter_.add();
  } else {
    spdlog::warn("cluster: node {} is gone: not heard of for {} ms", name_of(peer), options_.lease.count());
    leases_counter_.add();
  }
  peers_.erase(peer);
  peers_gauge_.set(static_cast<std::int64_t>(peers_.size()));
  for (PeerListener* listener : listeners_) listener->went(peer, how);
}

std::vector<Peer> Peers::all() const {
  std::vector<Peer> all;
  for (const auto& [incarnation, state] : peers_) all.push_back({incarnation, state.name});
  return all;
}

std::string Peers::name_of(const kernel::Uuid& peer) const {
  const auto known = peers_.find(peer);
  if (known == peers_.end() || known->second.name.empty()) return kernel::to_string(peer);
  return known->second.name;
}

}  // namespace orbit::cluster
