// Sockets on the loopback interface, none of which blocks. Plain functions.
#pragma once

#include <span>
#include <string_view>

#include "load/descriptor.hpp"
#include "load/failure.hpp"

namespace orbit::bench {

/// A connection to 127.0.0.1 under way: writable once it stands. Closing it sends a reset, so that thousands of
/// connections a second don't use up the ports (TIME_WAIT).
/// A `receive_buffer` other than 0 is how many bytes the kernel keeps for who doesn't read, or about twice as many; the
/// peer's kernel then keeps as many as it would in a network, not the megabytes of a loopback interface.
[[nodiscard]] Outcome<Descriptor> start_connecting(unsigned short port, int receive_buffer = 0);

/// A port that nothing listens on at present.
[[nodiscard]] Outcome<unsigned short> free_port();

/// What a connection that was under way came to: 0, or an errno.
[[nodiscard]] int connect_error(int descriptor);

/// How much was taken; none where the peer can't take more for now.
[[nodiscard]] Outcome<std::size_t> send_some(int descriptor, std::string_view bytes);

/// How much came: none where there is nothing for now. Failure: the connection ended.
[[nodiscard]] Outcome<std::size_t> receive_some(int descriptor, std::span<char> buffer);

}  // namespace orbit::bench
