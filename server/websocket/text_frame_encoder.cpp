#include "websocket/text_frame_encoder.hpp"

#include <utility>

#include "websocket/frame_codec.hpp"
#include "websocket/message_deflater.hpp"

namespace orbit::websocket {

kernel::Metric& deflating_connections(kernel::MetricsRegistry& metrics) {
  return metrics.gauge("orbit_websocket_deflating_connections", "WebSocket connections that take compressed frames");
}

TextFrameEncoder::TextFrameEncoder(std::size_t deflate_from, kernel::MetricsRegistry& metrics)
    : deflate_from_(deflate_from),
      deflating_connections_(deflating_connections(metrics)),
      frames_deflated_(metrics.counter("orbit_websocket_frames_deflated_total",
                                       "Frames compressed, each once, however many sockets got it")),
      bytes_saved_(metrics.counter("orbit_websocket_deflate_saved_bytes_total",
                                   "Bytes that compressing took off frames, each counted once")) {}

realtime::SharedFrame TextFrameEncoder::encode(std::string_view text, std::optional<kernel::Seq> seq,
                                               kernel::SteadyTime committed_at) const {
  const bool wanted = is_long(text) && deflating_connections_.value() != 0;
  return encode_frame(Opcode::text, text, seq, wanted ? deflated_bytes(text) : std::string(), committed_at);
}

realtime::SharedFrame TextFrameEncoder::encode_for_one(std::string_view text, std::optional<kernel::Seq> seq) const {
  return encode_frame(Opcode::text, text, seq);
}

realtime::SharedFrame TextFrameEncoder::deflated(realtime::SharedFrame frame) const {
  const bool is_one_message = frame->header_size != 0;
  if (!frame->deflated.empty() || !is_one_message || !is_long(frame->payload())) return frame;
  realtime::Frame shorter;
  shorter.bytes = deflated_bytes(frame->payload());
  shorter.seq = frame->seq;
  shorter.skippable = frame->skippable;
  return shorter.bytes.empty() ? frame : std::make_shared<const realtime::Frame>(std::move(shorter));
}

std::string TextFrameEncoder::deflated_bytes(std::string_view text) const {
  thread_local MessageDeflater deflater;
  const auto payload = deflater.deflate(text);
  if (!payload) return {};
  frames_deflated_.add();
  bytes_saved_.add(static_cast<std::int64_t>(text.size() - payload->size()));
  return frame_bytes(Opcode::text, *payload, true);
}

}  // namespace orbit::websocket
