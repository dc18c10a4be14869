// Prints the options as the page docs/configuration.md, from the table that also reads them. Plain function: any
// thread.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace orbit::app {

[[nodiscard]] std::string print_configuration_page(const CLI::App& app);

}  // namespace orbit::app
