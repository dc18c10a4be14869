// Frames, masks and UTF-8: the shortest paths there are from bytes to bytes, beside plain loops over single bytes.
#include <benchmark/benchmark.h>

#include "kernel/utf8_validator.hpp"
#include "micro/texts.hpp"
#include "websocket/client_frames.hpp"
#include "websocket/frame_parser.hpp"
#include "websocket/message_deflater.hpp"
#include "websocket/message_inflater.hpp"

namespace orbit::bench {
namespace {

using websocket::Opcode;

void note_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

void encode(benchmark::State& state) {
  const std::string text = json_like(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto frame = websocket::encode_frame(Opcode::text, text, 1);
    benchmark::DoNotOptimize(frame->bytes.data());
  }
  note_bytes(state, text.size());
}
BENCHMARK(encode)->Name("encode/plain")->Arg(64)->Arg(512)->Arg(2048)->Arg(32 * 1024);

void encode_deflated(benchmark::State& state) {
  const std::string text = json_like(static_cast<std::size_t>(state.range(0)));
  websocket::MessageDeflater deflater;
  std::size_t size = 0;
  for (auto _ : state) {
    const auto payload = deflater.deflate(text);
    const auto frame = websocket::encode_frame(Opcode::text, text, 1,
                                               websocket::frame_bytes(Opcode::text, payload.value_or(text), true));
    size = frame->deflated.size();
    benchmark::DoNotOptimize(size);
  }
  state.counters["deflated"] = static_cast<double>(size);
  note_bytes(state, text.size());
}
BENCHMARK(encode_deflated)->Name("encode/deflated")->Arg(1024)->Arg(2048)->Arg(32 * 1024);

void inflate(benchmark::State& state) {
  const std::string text = json_like(static_cast<std::size_t>(state.range(0)));
  websocket::MessageDeflater deflater;
  const std::string payload(deflater.deflate(text).value_or(""));
  websocket::MessageInflater inflater;
  for (auto _ : state) {
    const auto message = inflater.inflate(payload, text.size());
    benchmark::DoNotOptimize(message->data());
  }
  note_bytes(state, text.size());
}
BENCHMARK(inflate)->Name("inflate")->Arg(1024)->Arg(16 * 1024);

void mask_bytewise(std::span<char> bytes, const std::array<char, 4>& key) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ key[i % 4]);
    benchmark::ClobberMemory();  // or the compiler makes wide loads of it
  }
}

template <auto mask>
void unmask(benchmark::State& state) {
  std::string text = ascii(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    mask(std::span(text), websocket::sample_key);
    benchmark::DoNotOptimize(text.data());
  }
  note_bytes(state, text.size());
}
constexpr auto wide_mask = [](std::span<char> bytes, const std::array<char, 4>& key) {
  websocket::apply_mask(bytes, key);
};
BENCHMARK(unmask<wide_mask>)->Name("unmask/wide")->Arg(64)->Arg(1024)->Arg(16 * 1024);
BENCHMARK(unmask<mask_bytewise>)->Name("unmask/bytes")->Arg(64)->Arg(1024)->Arg(16 * 1024);

// What the validator promises, one byte at a time (RFC 3629, section 4).
bool is_valid_bytewise(std::string_view text) {
  std::uint8_t pending = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (pending == 0) {
      if (byte < 0x80) continue;
      if (byte < 0xC2 || byte > 0xF4) return false;
      pending = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
      high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    } else {
      if (byte < low || byte > high) return false;
      low = 0x80;
      high = 0xBF;
      --pending;
    }
  }
  return pending == 0;
}

constexpr std::string_view pieces[]{
    "plain text, ",                                                                  // ASCII
    R"({"name":"Grete Hermann","note":"Für Gödel und Noether: größer","size":42})",  // a few umlauts
    "Привет, мир! ",                                                                 // two bytes each
    "今日は世界。",                                                                  // three
    "😀🚀",                                                                          // four
};

template <bool (*is_valid)(std::string_view)>
void validate(benchmark::State& state) {
  const std::string text = repeated(pieces[state.range(0)], static_cast<std::size_t>(state.range(1)));
  bool valid = true;
  for (auto _ : state) {
    valid = is_valid(text);
    benchmark::DoNotOptimize(valid);
  }
  if (!valid) state.SkipWithError("the text was refused");
  note_bytes(state, text.size());
}
void texts(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgsProduct({{0, 1, 2, 3, 4}, {128, 4096}})->ArgNames({"text", "bytes"});
}
BENCHMARK(validate<kernel::is_valid_utf8>)->Name("utf8/wide")->Apply(texts);
BENCHMARK(validate<is_valid_bytewise>)->Name("utf8/bytes")->Apply(texts);

// Bytes that hold ten messages, parsed as they lie in a shard's read buffer.
void parse(benchmark::State& state) {
  constexpr int messages = 10;
  const std::string frame = websocket::client_text(json_like(static_cast<std::size_t>(state.range(0))));
  const std::string wire = repeated(frame, frame.size() * messages);
  std::string buffer;
  int found = 0;
  for (auto _ : state) {
    buffer.assign(wire);  // unmasking writes over it
    websocket::FrameParser parser(16 * 1024);
    std::span<char> bytes(buffer);
    while (parser.next(bytes).kind == websocket::Incoming::Kind::text) ++found;
  }
  if (found != messages * state.iterations()) state.SkipWithError("messages were lost");
  state.SetItemsProcessed(found);
  note_bytes(state, wire.size());
}
BENCHMARK(parse)->Name("unframe")->Arg(20)->Arg(128)->Arg(1024)->Arg(16 * 1024);

}  // namespace
}  // namespace orbit::bench
