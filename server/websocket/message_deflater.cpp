#include "websocket/message_deflater.hpp"

#include <zlib.h>

#include <new>

namespace orbit::websocket {
namespace {

constexpr std::string_view tail("\0\0\xFF\xFF", 4);  // every flushed message ends with it, so it isn't sent

}  // namespace

struct MessageDeflater::Stream {
  z_stream zlib{};
};

// On frames of 1 to 2 KiB the higher levels save 1 % more and take half as long again.
MessageDeflater::MessageDeflater() : stream_(std::make_unique<Stream>()) {
  constexpr int memory_level = 5;
  if (deflateInit2(&stream_->zlib, Z_BEST_SPEED, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

MessageDeflater::~MessageDeflater() { deflateEnd(&stream_->zlib); }

std::optional<std::string_view> MessageDeflater::deflate(std::string_view text) {
  if (buffer_.size() < text.size() + tail.size()) buffer_.resize(text.size() + tail.size());
  z_stream& zlib = stream_->zlib;
  deflateReset(&zlib);
  // zlib reads what next_in points to, and doesn't write there.
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(buffer_.data());
  zlib.avail_out = static_cast<uInt>(text.size() + tail.size());
  ::deflate(&zlib, Z_SYNC_FLUSH);
  if (zlib.avail_out == 0) return std::nullopt;
  return std::string_view(buffer_).substr(0, zlib.total_out - tail.size());
}

}  // namespace orbit::websocket
