#include "cluster/call_batch.hpp"

namespace orbit::cluster {

namespace {
constexpr std::size_t bytes_worth_keeping = 1U << 20U;
}

void CallBatch::add(const Call& call) {
  entries_.push_back({call.id, static_cast<std::uint32_t>(call.subject.size()),
                      static_cast<std::uint32_t>(call.message.size()), call.kind});
  text_.append(call.subject).append(call.message);
}

std::optional<Call> CallBatch::take() {
  if (taken_ == entries_.size()) return std::nullopt;
  const Entry& entry = entries_[taken_++];
  const std::string_view text = std::string_view(text_).substr(taken_text_, entry.subject_size + entry.message_size);
  taken_text_ += text.size();
  return Call{entry.kind, entry.id, text.substr(0, entry.subject_size), text.substr(entry.subject_size)};
}

void CallBatch::clear() {
  if (text_.capacity() > bytes_worth_keeping) text_ = {};
  text_.clear();
  entries_.clear();
  taken_ = taken_text_ = 0;
}

}  // namespace orbit::cluster
