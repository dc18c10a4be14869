// Report: what a measurement came to, as a table for the terminal and as JSON for other programs. Plain data.
#pragma once

#include <string>
#include <vector>

#include "load/json.hpp"

namespace orbit::bench {

class Table {
 public:
  /// The first column is to the left, all others are numbers.
  explicit Table(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  /// In columns of even width; with `colour` for a terminal that has it.
  [[nodiscard]] std::string text(bool colour) const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

struct Section {
  std::string key;  // in the JSON
  std::string title;
  std::vector<std::string> notes;  // what a reader must know to judge the numbers
  Table table;
  Json json;
};

[[nodiscard]] std::string text_of(const Section& section, bool colour);

/// With that many digits behind the point, and commas in the thousands.
[[nodiscard]] std::string number(double value, int digits = 0);

/// "3.1×".
[[nodiscard]] std::string ratio(double value);

/// What is going on, for who waits: to standard error.
void say(const std::string& line);

}  // namespace orbit::bench
