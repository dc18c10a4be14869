// TextFrameEncoder: makes the frames of RFC 6455 for texts, compressed beside plain (RFC 7692) where a text is long
// enough and some socket of the node takes that. What is for one socket only is compressed on its shard's thread, if at
// all: the realtime thread is one, and greets everyone. Any thread: each keeps a MessageDeflater once it has needed
// one.
#pragma once

#include <cstddef>

#include "kernel/metrics.hpp"
#include "realtime/frame.hpp"

namespace orbit::websocket {

/// How many sockets of the node take compressed frames: those of all shards that share the registry.
[[nodiscard]] kernel::Metric& deflating_connections(kernel::MetricsRegistry& metrics);

class TextFrameEncoder final : public realtime::FrameEncoder {
 public:
  /// Texts of fewer bytes than `deflate_from` stay plain; all do where it is 0.
  TextFrameEncoder(std::size_t deflate_from, kernel::MetricsRegistry& metrics);

  [[nodiscard]] realtime::SharedFrame encode(std::string_view text, std::optional<kernel::Seq> seq,
                                             kernel::SteadyTime committed_at = {}) const override;
  [[nodiscard]] realtime::SharedFrame encode_for_one(std::string_view text,
                                                     std::optional<kernel::Seq> seq) const override;

  /// The frame for a socket that takes compressed ones: compressed now, if it is worth it and wasn't when it was made.
  [[nodiscard]] realtime::SharedFrame deflated(realtime::SharedFrame frame) const;

 private:
  [[nodiscard]] bool is_long(std::string_view text) const { return deflate_from_ != 0 && text.size() >= deflate_from_; }
  [[nodiscard]] std::string deflated_bytes(std::string_view text) const;

  std::size_t deflate_from_;
  const kernel::Metric& deflating_connections_;
  kernel::Metric& frames_deflated_;
  kernel::Metric& bytes_saved_;
};

}  // namespace orbit::websocket
