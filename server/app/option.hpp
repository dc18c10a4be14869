// How the program's options are made with CLI11. For the .cpp files that make them; plain functions: main thread.
#pragma once

#include <CLI/CLI.hpp>
#include <cctype>
#include <string>

namespace orbit::app {

inline std::string environment_name(std::string flag) {
  for (char& c : flag) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return "ORBIT" + flag.substr(1);
}

/// Every option has a variable, named after its flag.
template <class T>
CLI::Option* option(CLI::App& app, const std::string& flag, T& value, const std::string& help) {
  return app.add_option(flag, value, help)->envname(environment_name(flag))->capture_default_str();
}

/// Checks the range without writing it into the help: there it is noise.
template <class T>
CLI::Validator in_range(T least, T most) {
  return CLI::Range(least, most).description("");
}

inline void group(CLI::Option* option_in, const char* name) { option_in->group(name); }

}  // namespace orbit::app
