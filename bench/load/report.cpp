#include "load/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orbit::bench {

namespace {

// In characters, not bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to, bool left) {
  const std::string space(to - std::min(to, width(text)), ' ');
  return left ? text + space : space + text;
}

}  // namespace

std::string Table::text(bool colour) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = width(columns_[i]);
    for (const auto& row : rows_) widest = std::max(widest, width(row[i]));
    widths.push_back(widest);
  }
  const auto line = [&](const std::vector<std::string>& row) {
    std::string out = "  ";
    for (std::size_t i = 0; i < row.size(); ++i)
      out += padded(row[i], widths[i], i == 0) + (i + 1 < row.size() ? "   " : "");
    return out;
  };
  const char* bold = colour ? "\x1b[1m" : "";
  const char* dim = colour ? "\x1b[2m" : "";
  const char* plain = colour ? "\x1b[0m" : "";
  std::string rule = "  ";
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (std::size_t n = 0; n < widths[i] + (i + 1 < widths.size() ? 3 : 0); ++n) rule += "─";
  }
  std::string out = bold + line(columns_) + plain + "\n" + dim + rule + plain + "\n";
  for (const auto& row : rows_) out += line(row) + "\n";
  return out;
}

std::string text_of(const Section& section, bool colour) {
  std::string out = "\n" + std::string(colour ? "\x1b[1m" : "") + section.title + (colour ? "\x1b[0m" : "") + "\n\n";
  out += section.table.text(colour) + "\n";
  for (const std::string& note : section.notes) out += "  " + note + "\n";
  return out;
}

std::string number(double value, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, std::abs(value));
  std::string text = buffer;
  for (auto at = static_cast<std::ptrdiff_t>(std::min(text.find('.'), text.size())) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return value < 0 ? "-" + text : text;
}

std::string ratio(double value) { return number(value, value < 9.95 ? 1 : 0) + "×"; }

void say(const std::string& line) { std::fprintf(stderr, "==> %s\n", line.c_str()); }

}  // namespace orbit::bench
