#include "load/node_process.hpp"

namespace orbit::bench {

Outcome<> NodeProcess::start() {
  std::vector<std::string> command{
      options_.program, "serve",
      "--listen",       "127.0.0.1:" + std::to_string(process_.port()),
      "--database",     options_.database_url.empty() ? "sqlite:" + options_.database.string() : options_.database_url};
  // Everybody comes from one address here, and a few people send what thousands would.
  for (const char* limit : {"--connections-per-address", "--handshakes-per-address", "--failed-handshakes-per-address",
                            "--commands-per-user", "--commands-per-workspace"}) {
    command.insert(command.end(), {limit, "0"});
  }
  command.insert(command.end(), options_.flags.begin(), options_.flags.end());
  return process_.start({std::move(command), options_.database.string() + ".log"});
}

}  // namespace orbit::bench
