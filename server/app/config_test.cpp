#include "app/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace orbit::app {
namespace {

using std::chrono::milliseconds;

ParsedCommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "orbit");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

struct Refusal {
  std::optional<int> exit_code;
  std::string said;
};

Refusal refusal(const std::vector<const char*>& arguments) {
  testing::internal::CaptureStderr();
  const auto exit_code = parse(arguments).exit_code;
  return {exit_code, testing::internal::GetCapturedStderr()};
}

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() { std::ofstream(file_) << "heartbeat = \"7s\"\nsockets-per-member = 7\n"; }
  ~ConfigTest() override {
    unsetenv("ORBIT_HEARTBEAT");
    std::remove(file_.c_str());
  }
  // Its own: tests run side by side, each in a process.
  std::string file_ = testing::TempDir() + "orbit-config-test-" + std::to_string(getpid()) + ".toml";
};

TEST_F(ConfigTest, AFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault) {
  EXPECT_EQ(parse({"serve"}).config.heartbeat, milliseconds{25'000});
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve"}).config.heartbeat, milliseconds{7'000});
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve"}).config.sockets_per_member, 7U);
  setenv("ORBIT_HEARTBEAT", "8s", 1);
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve"}).config.heartbeat, milliseconds{8'000});
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve", "--heartbeat", "9s"}).config.heartbeat, milliseconds{9'000});
}

TEST_F(ConfigTest, SaysHowLongSessionsLive) {
  using std::chrono::hours;
  EXPECT_EQ(parse({"serve"}).config.sessions.idle, hours{24 * 30});
  EXPECT_EQ(parse({"serve"}).config.sessions.lifetime, hours{24 * 90});
  const auto rules = parse({"serve", "--session-idle", "8h", "--session-lifetime", "720h"}).config.sessions;
  EXPECT_EQ(rules.idle, hours{8});
  EXPECT_EQ(rules.lifetime, hours{720});
}

TEST_F(ConfigTest, ABadFlagEndsWithTwoAndNamesTheFlag) {
  for (const std::vector<const char*>& bad : {std::vector<const char*>{"serve", "--heartbeat", "soon"},
                                              {"serve", "--heartbeat", "0s"},
                                              {"serve", "--session-idle", "30"},
                                              {"serve", "--session-lifetime", "0s"},
                                              {"serve", "--listen", "8080"},
                                              {"serve", "--listen", "127.0.0.1:99999"},
                                              {"serve", "--listen", "localhost:8080"},
                                              {"serve", "--message-rate", "0"},
                                              {"serve", "--presence-roster-limit", "0"},
                                              {"serve", "--presence-tick", "250"},
                                              {"serve", "--signal-tick", "often"},
                                              {"serve", "--trusted-proxy", "10.0.0.0/33"},
                                              {"serve", "--trusted-proxy", "10.0.0.1,proxy"},
                                              {"serve", "--connections-per-address", "-1"},
                                              {"serve", "--log-format", "xml"}}) {
    const auto refused = refusal(bad);
    EXPECT_EQ(refused.exit_code, 2) << bad[1] << " " << bad[2];
    EXPECT_NE(refused.said.find(bad[1]), std::string::npos) << bad[1] << " " << bad[2];
  }
}

TEST_F(ConfigTest, ANodeIsCalledByAShortPlainName) {
  EXPECT_EQ(parse({"serve"}).config.node_name, "");
  const std::string longest(40, 'n');
  for (const std::string& name : {std::string("a"), std::string("Node-2.eu_west"), longest}) {
    EXPECT_EQ(parse({"serve", "--node-name", name.c_str()}).config.node_name, name);
  }
  const std::string too_long = longest + "n";
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"), std::string("ä"), too_long}) {
    const auto refused = refusal({"serve", "--node-name", name.c_str()});
    EXPECT_EQ(refused.exit_code, 2) << name;
    EXPECT_NE(refused.said.find("--node-name"), std::string::npos) << refused.said;
  }
  std::ofstream(file_) << "node-name = \"b\"\n";
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve"}).config.node_name, "b");
}

TEST_F(ConfigTest, IoUringCanBeLeftAlone) {
  EXPECT_FALSE(parse({"serve"}).config.no_io_uring);
  EXPECT_TRUE(parse({"serve", "--no-io-uring"}).config.no_io_uring);
  std::ofstream(file_) << "no-io-uring = true\n";
  EXPECT_TRUE(parse({"--config", file_.c_str(), "serve"}).config.no_io_uring);
}

TEST_F(ConfigTest, PresenceIsToldEvery250MsAndOfEveryoneUpTo500UnlessSetOtherwise) {
  EXPECT_EQ(parse({"serve"}).config.presence_tick, milliseconds{250});
  EXPECT_EQ(parse({"serve"}).config.presence_roster_limit, 500U);
  std::ofstream(file_) << "presence-tick = \"0s\"\npresence-roster-limit = 2\n";
  const auto config = parse({"--config", file_.c_str(), "serve"}).config;
  EXPECT_EQ(config.presence_tick, milliseconds{0});
  EXPECT_EQ(config.presence_roster_limit, 2U);
}

TEST_F(ConfigTest, OriginsAddUpAndAddressesComeApart) {
  const auto config =
      parse({"serve", "--allow-origin", "https://a", "--allow-origin", "https://b", "--listen", "[::1]:9"}).config;
  EXPECT_EQ(config.allow_origins, (std::vector<std::string>{"https://a", "https://b"}));
  EXPECT_EQ(config.listen_host, "::1");
  EXPECT_EQ(config.listen_port, 9);
  EXPECT_EQ(parse({"serve", "--allow-origin", "https://a,https://b"}).config.allow_origins, config.allow_origins);
}

TEST_F(ConfigTest, ProxiesAddUpAndNobodyIsTrustedUnlessNamed) {
  EXPECT_TRUE(parse({"serve"}).config.trusted_proxies.empty());
  EXPECT_EQ(parse({"serve", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1"}).config.trusted_proxies.size(),
            2U);
  const auto listed = parse({"serve", "--trusted-proxy", "10.0.0.0/8,192.0.2.1"}).config.trusted_proxies;
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_TRUE(listed[1].contains(kernel::IpAddress::parse("192.0.2.1").value()));
  std::ofstream(file_) << "trusted-proxy = [\"10.0.0.0/8\", \"fd00::/8\"]\n";
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve"}).config.trusted_proxies.size(), 2U);
}

TEST_F(ConfigTest, LimitsOfTheDoorCanBeSwitchedOff) {
  const auto config = parse({"serve", "--connections-per-address", "0", "--handshakes-per-address", "0",
                             "--failed-handshakes-per-address", "0", "--commands-per-user", "0",
                             "--commands-per-workspace", "0", "--sockets-per-workspace", "0"})
                          .config;
  EXPECT_EQ(config.address_limits.connections, 0U);
  EXPECT_EQ(config.address_limits.handshakes, 0);
  EXPECT_EQ(config.address_limits.failed_handshakes, 0);
  EXPECT_EQ(config.commands_per_user, 0);
  EXPECT_EQ(config.commands_per_workspace, 0);
  EXPECT_EQ(config.sockets_per_workspace, 0U);
}

TEST(HostAndPort, PutsAnIpv6AddressInBrackets) {
  EXPECT_EQ(host_and_port("127.0.0.1", 8080), "127.0.0.1:8080");
  EXPECT_EQ(host_and_port("::1", 8080), "[::1]:8080");
}

TEST_F(ConfigTest, AMisspelledKeyInTheFileEndsWithTwoAndIsNamed) {
  std::ofstream(file_) << "hartbeat = \"7s\"\n";
  const auto refused = refusal({"--config", file_.c_str(), "serve"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.said.find("no such option: hartbeat"), std::string::npos) << refused.said;
}

TEST_F(ConfigTest, AFileThatIsNotThereEndsWithTwoAndIsNamed) {
  const auto refused = refusal({"--config", "/nonexistent/orbit.toml", "serve"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.said.find("/nonexistent/orbit.toml"), std::string::npos) << refused.said;
}

TEST_F(ConfigTest, TheOperatorApiIsNowhereUnlessAFlagAVariableOrTheFileSaysWhere) {
  EXPECT_EQ(parse({"serve"}).config.admin_host, "");
  const auto by_flag = parse({"serve", "--admin-listen", "[::1]:8090"}).config;
  EXPECT_EQ(host_and_port(by_flag.admin_host, by_flag.admin_port), "[::1]:8090");
  std::ofstream(file_) << "admin-listen = \"127.0.0.1:8091\"\n";
  EXPECT_EQ(parse({"--config", file_.c_str(), "serve"}).config.admin_port, 8091);
  setenv("ORBIT_ADMIN_LISTEN", "127.0.0.1:8092", 1);
  const auto by_variable = parse({"--config", file_.c_str(), "serve"}).config.admin_port;
  unsetenv("ORBIT_ADMIN_LISTEN");
  EXPECT_EQ(by_variable, 8092);
}

TEST_F(ConfigTest, AKeysScopesComeInAListOrOneByOne) {
  using Scopes = std::vector<std::string>;
  const auto made = parse({"key", "create", "--scope", "read,publish", "--workspace", "acme"});
  EXPECT_EQ(made.config.command, Command::key_create);
  EXPECT_EQ(made.config.key_scopes, (Scopes{"read", "publish"}));
  EXPECT_EQ(made.config.key_workspace, "acme");
  EXPECT_EQ(parse({"key", "create", "--scope", "read", "--scope", "publish"}).config.key_scopes,
            (Scopes{"read", "publish"}));
  EXPECT_EQ(refusal({"key", "create"}).exit_code, 2);
  EXPECT_EQ(refusal({"key", "revoke"}).exit_code, 2);
  EXPECT_EQ(refusal({"key"}).exit_code, 2);
}

TEST_F(ConfigTest, TheFirstWorkspaceAndItsOwnerAreGivenWholeOrNotAtAll) {
  EXPECT_EQ(parse({"seed"}).exit_code, std::nullopt);
  EXPECT_EQ(parse({"seed", "--workspace", "acme", "--name", "Acme", "--owner", "ada@acme.test", "--owner-name", "Ada"})
                .exit_code,
            std::nullopt);
  for (const std::vector<const char*>& partial : {std::vector<const char*>{"--owner", "ada@acme.test"},
                                                  {"--owner", "ada@acme.test", "--owner-name", "Ada", "--name", "Acme"},
                                                  {"--workspace", "acme"},
                                                  {"--workspace", "acme", "--name", "Acme", "--owner", "ada@acme.test"},
                                                  {"--password-stdin"}}) {
    std::vector<const char*> arguments{"seed"};
    arguments.insert(arguments.end(), partial.begin(), partial.end());
    const auto refused = refusal(arguments);
    EXPECT_EQ(refused.exit_code, 2) << partial[0];
    EXPECT_NE(refused.said.find(" requires --"), std::string::npos) << refused.said;
  }
}

}  // namespace
}  // namespace orbit::app
