#include "http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace orbit::http {
namespace {

// What a browser makes of it; "" where it is no whole gzip member.
std::string unzipped(std::string zipped) {
  z_stream stream{};
  constexpr int gzip_only = 16 + 15;
  if (inflateInit2(&stream, gzip_only) != Z_OK) return "";
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  const bool whole = done == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole ? out : "";
}

TEST(Gzip, JoinsABeginningWithEachEnd) {
  std::string beginning;
  for (int i = 0; i < 5'000; ++i) beginning += "member " + std::to_string(i % 7) + ", ";
  const auto once = deflate_beginning(beginning);
  EXPECT_LT(once.bytes.size(), beginning.size() / 10);
  for (const std::string end : {"", "}", "and an end of its own"}) {
    EXPECT_EQ(unzipped(gzip(once, end)), beginning + end);
  }
  EXPECT_EQ(unzipped(gzip(deflate_beginning(""), "only an end")), "only an end");
}

bool accepts(std::vector<std::string> values) {
  Request request;
  for (std::string& value : values) request.headers.emplace_back("accept-encoding", std::move(value));
  return accepts_gzip(request);
}

TEST(AcceptsGzip, ReadsTheHeaderAsItsRfcHasIt) {
  EXPECT_TRUE(accepts({"gzip, deflate, br"}));
  EXPECT_TRUE(accepts({"br;q=1.0, GZIP;q=0.8"}));
  EXPECT_TRUE(accepts({"deflate", "gzip"}));
  EXPECT_TRUE(accepts({"*"}));
  EXPECT_FALSE(accepts({}));
  EXPECT_FALSE(accepts({""}));
  EXPECT_FALSE(accepts({"identity"}));
  EXPECT_FALSE(accepts({"gzip;q=0"}));
  EXPECT_FALSE(accepts({"gzip; q=0.000, *"}));
  EXPECT_FALSE(accepts({"x-gzipped, br"}));
}

}  // namespace
}  // namespace orbit::http
