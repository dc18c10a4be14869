#include "micro/catalog_benchmark.hpp"

#include <benchmark/benchmark.h>

#include <boost/mp11.hpp>
#include <string>

#include "catalog/example.hpp"
#include "catalog/json.hpp"

namespace orbit::bench {

namespace {

void serialise(benchmark::State& state, const catalog::ServerEvent& event) {
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string json = catalog::to_json(event, 42);
    bytes = json.size();
    benchmark::DoNotOptimize(json.data());
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

void parse(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    auto frame = catalog::parse_client_frame(text);
    benchmark::DoNotOptimize(frame);
  }
  if (!catalog::parse_client_frame(text)) state.SkipWithError("the example was refused");
  state.counters["bytes"] = static_cast<double>(text.size());
}

// 300 members, as a large workspace's tabs are greeted.
void serialise_roster(benchmark::State& state) {
  const auto example = std::get<catalog::Hello>(catalog::example_of(catalog::Hello{}));
  const std::vector roster(static_cast<std::size_t>(state.range(0)), example.presence.front());
  for (auto _ : state) {
    const std::string json = catalog::to_json(roster);
    benchmark::DoNotOptimize(json.data());
  }
}
BENCHMARK(serialise_roster)->Name("json/roster")->Arg(300);

}  // namespace

void register_catalog_benchmarks() {
  boost::mp11::mp_for_each<catalog::ServerEvent>([]<class Event>(const Event& event) {
    const catalog::ServerEvent example = catalog::example_of(catalog::ServerEvent(event));
    benchmark::RegisterBenchmark(("json/" + std::string(Event::type)).c_str(), serialise, example);
  });
  boost::mp11::mp_for_each<catalog::ClientEvent>([]<class Event>(const Event& event) {
    const std::string example = catalog::example_of(catalog::ClientEvent(event));
    benchmark::RegisterBenchmark(("parse/" + std::string(Event::type)).c_str(), parse, example);
  });
}

}  // namespace orbit::bench
