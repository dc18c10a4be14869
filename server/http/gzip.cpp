#include "http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace orbit::http {

namespace {

std::string deflate_raw(std::string_view text, int flush) {
  z_stream stream{};
  constexpr int raw_window = -15;
  constexpr int usual_memory = 8;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, usual_memory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  constexpr std::size_t room_for_a_flush = 16;
  std::string out(deflateBound(&stream, text.size()) + room_for_a_flush, '\0');
  // zlib reads what next_in points to, and doesn't write there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&stream, flush);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != (flush == Z_FINISH ? Z_STREAM_END : Z_OK)) throw std::logic_error("deflate stopped early");
  return out;
}

std::uint32_t crc_of(std::string_view text) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<z_size_t>(text.size())));
}

void append_little_endian(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

DeflatedBeginning deflate_beginning(std::string_view text) {
  return {deflate_raw(text, Z_SYNC_FLUSH), crc_of(text), text.size()};
}

std::string gzip(const DeflatedBeginning& beginning, std::string_view end) {
  constexpr std::string_view header("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  std::string out(header);
  out += beginning.bytes;
  out += deflate_raw(end, Z_FINISH);
  append_little_endian(
      out, static_cast<std::uint32_t>(crc32_combine(beginning.crc, crc_of(end), static_cast<z_off_t>(end.size()))));
  append_little_endian(out, static_cast<std::uint32_t>(beginning.length + end.size()));
  return out;
}

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether the weight after a coding is nought: q=0, q=0.000.
bool is_refused(std::string_view parameters) {
  const auto weight = parameters.find("q=");
  if (weight == std::string_view::npos) return false;
  return trimmed(parameters.substr(weight + 2)).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(const Request& request) {
  std::optional<bool> by_name;
  bool by_star = false;
  for (std::string_view list : request.header_values("Accept-Encoding")) {
    while (!list.empty()) {
      const std::string_view item = list.substr(0, list.find(','));
      list.remove_prefix(std::min(list.size(), item.size() + 1));
      const std::string_view coding = trimmed(item.substr(0, item.find(';')));
      const bool taken = !is_refused(item.substr(std::min(item.size(), item.find(';'))));
      if (same_header_name(coding, "gzip")) by_name = taken;
      if (coding == "*") by_star = taken;
    }
  }
  return by_name.value_or(by_star);
}

}  // namespace orbit::http
