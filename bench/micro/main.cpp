// orbit-micro: what the parts of a delivery take by themselves: framing, unmasking, UTF-8, JSON, the hub, a shard's
// turn. Takes Google Benchmark's flags.
#include <benchmark/benchmark.h>

#include "micro/catalog_benchmark.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  orbit::bench::register_catalog_benchmarks();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
