// Any query of a request for a socket: a cursor is there whole or not at all, and is what the query says.
#include "app/stream_cursor_in.hpp"
#include "kernel/testing/fuzzing.hpp"
#include "kernel/utf8_validator.hpp"

namespace orbit::app {
namespace {

using kernel::require;

void try_query(std::string_view query) {
  http::Request request;
  request.query = query;
  const auto cursor = stream_cursor_in(request);
  if (!cursor) {
    require(cursor.error().code == "validation" && cursor.error().fields.size() == 1);
  } else if (!*cursor) {
    require(!request.parameter("after") && !request.parameter("epoch"));
  } else {
    require((*cursor)->seq >> 63 == 0 && kernel::is_valid_utf8((*cursor)->epoch));
    http::Request same;
    same.query = "epoch=e&after=" + std::to_string((*cursor)->seq);
    require(stream_cursor_in(same).value()->seq == (*cursor)->seq);
  }
}

}  // namespace
}  // namespace orbit::app

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orbit::app::try_query(orbit::kernel::fuzz_input(data, size));
  return 0;
}
