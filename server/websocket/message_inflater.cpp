#include "websocket/message_inflater.hpp"

#include <zlib.h>

#include <new>

namespace orbit::websocket {
namespace {

constexpr std::string_view tail("\0\0\xFF\xFF", 4);

}  // namespace

struct MessageInflater::Stream {
  z_stream zlib{};
  int status = Z_OK;

  /// Goes through the piece, and on behind final blocks: what follows one begins on the next byte.
  void feed(std::string_view piece) {
    // zlib reads what next_in points to, and doesn't write there.
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    zlib.avail_in = static_cast<uInt>(piece.size());
    while (zlib.avail_in > 0 && zlib.avail_out > 0) {
      if (status == Z_STREAM_END) inflateReset(&zlib);
      status = ::inflate(&zlib, Z_SYNC_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END) return;
    }
  }

  /// Whether the last block is complete, and ended with the last byte.
  [[nodiscard]] bool at_end_of_block() const {
    constexpr int end_of_block = 128;
    return status == Z_STREAM_END || (status == Z_OK && zlib.data_type == end_of_block);
  }
};

MessageInflater::MessageInflater() : stream_(std::make_unique<Stream>()) {
  constexpr int largest_raw_window = -15;
  if (inflateInit2(&stream_->zlib, largest_raw_window) != Z_OK) throw std::bad_alloc();
}

MessageInflater::~MessageInflater() { inflateEnd(&stream_->zlib); }

// A message may end with a final block and no empty one behind it: no text is missing then, so it is taken.
std::expected<std::string_view, MessageInflater::Failure> MessageInflater::inflate(std::string_view payload,
                                                                                   std::size_t limit) {
  if (buffer_.size() <= limit) buffer_.resize(limit + 1);
  z_stream& zlib = stream_->zlib;
  inflateReset(&zlib);
  stream_->status = Z_OK;
  zlib.next_out = reinterpret_cast<Bytef*>(buffer_.data());
  zlib.avail_out = static_cast<uInt>(limit + 1);
  stream_->feed(payload);
  if (stream_->status == Z_OK) stream_->feed(tail);
  if (zlib.avail_out == 0) return std::unexpected(Failure::too_long);
  if (!stream_->at_end_of_block()) return std::unexpected(Failure::corrupt);
  return std::string_view(buffer_).substr(0, limit + 1 - zlib.avail_out);
}

}  // namespace orbit::websocket
