// JSON of each event of the catalog, as its examples have it: a new event is measured without being named here.
#pragma once

namespace orbit::bench {

/// Call once, before benchmarks are run.
void register_catalog_benchmarks();

}  // namespace orbit::bench
