#include "websocket/deflate_negotiation.hpp"

#include <gtest/gtest.h>

namespace orbit::websocket {
namespace {

const std::string plain_answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// The answer to a header, or "declined".
std::string answer(std::string_view header) {
  const auto offers = read_extension_offers(std::span(&header, 1));
  return offers ? answer_deflate_offers(*offers).value_or("declined") : "malformed";
}

TEST(DeflateNegotiation, NeverAgreesToContextTakeover) {  // RFC 7692, sections 7.1.1.1 and 7.1.1.2
  EXPECT_EQ(answer("permessage-deflate"), plain_answer);
  EXPECT_EQ(answer("permessage-deflate; server_no_context_takeover"), plain_answer);
  EXPECT_EQ(answer("permessage-deflate; client_no_context_takeover"), plain_answer);
  EXPECT_EQ(answer("permessage-deflate; client_no_context_takeover; server_no_context_takeover"), plain_answer);
}

TEST(DeflateNegotiation, ReadsAnyClientWindow) {  // section 7.1.2.2
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits"), plain_answer);
  for (const char* bits : {"8", "9", "10", "11", "12", "13", "14", "15"}) {
    EXPECT_EQ(answer("permessage-deflate; client_max_window_bits=" + std::string(bits)), plain_answer) << bits;
  }
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits=\"10\""), plain_answer);
}

TEST(DeflateNegotiation, KeepsItsOwnWindowAsSmallAsIsAsked) {  // section 7.1.2.1
  for (const char* bits : {"12", "13", "14", "15"}) {
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=" + std::string(bits)),
              plain_answer + "; server_max_window_bits=12")
        << bits;
  }
}

TEST(DeflateNegotiation, DeclinesAWindowThatIsSmallerThanItsOwn) {
  for (const char* bits : {"8", "9", "10", "11"}) {
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=" + std::string(bits)), "declined") << bits;
  }
}

TEST(DeflateNegotiation, DeclinesInvalidParameters) {  // section 7.1
  for (const char* parameter :
       {"server_no_context_takeover=1", "client_no_context_takeover=true", "server_max_window_bits",
        "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=012",
        "server_max_window_bits=+12", "server_max_window_bits=12.0", "server_max_window_bits=150",
        "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=08",
        "client_max_window_bits=x", "unknown", "unknown=1", "Client_Max_Window_Bits"}) {
    EXPECT_EQ(answer("permessage-deflate; " + std::string(parameter)), "declined") << parameter;
  }
}

TEST(DeflateNegotiation, DeclinesParametersThatComeTwice) {
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits; client_max_window_bits"), "declined");
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits; client_max_window_bits=10"), "declined");
  EXPECT_EQ(answer("permessage-deflate; server_no_context_takeover; server_no_context_takeover"), "declined");
}

TEST(DeflateNegotiation, AcceptsTheFirstOfferThatItCan) {  // section 5
  EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=10, permessage-deflate"), plain_answer);
  EXPECT_EQ(answer("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=15, permessage-deflate"),
            plain_answer + "; server_max_window_bits=12");
  EXPECT_EQ(answer("x-webkit-deflate-frame, permessage-bzip2, permessage-deflate"), plain_answer);
}

TEST(DeflateNegotiation, DeclinesOtherExtensions) {
  EXPECT_EQ(answer("permessage-bzip2"), "declined");
  EXPECT_EQ(answer("x-webkit-deflate-frame; no_context_takeover"), "declined");
}

}  // namespace
}  // namespace orbit::websocket
