# Flags that every target is compiled with.
add_library(orbit_flags INTERFACE)
target_compile_options(orbit_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror=return-type)
# GCC 12 raises these falsely inside libstdc++ and Boost when it optimises (its bugs 105329, 105562 and kin).
target_compile_options(orbit_flags INTERFACE -Wno-restrict -Wno-free-nonheap-object)
target_compile_definitions(orbit_flags INTERFACE BOOST_ALL_NO_LIB)

if(ORBIT_BREAKABLE)
  target_compile_definitions(orbit_flags INTERFACE ORBIT_BREAKABLE)
endif()

if(ORBIT_SANITIZE STREQUAL "address")
  target_compile_options(orbit_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1)
  target_link_options(orbit_flags INTERFACE -fsanitize=address,undefined)
elseif(ORBIT_SANITIZE STREQUAL "thread")
  target_compile_options(orbit_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer -O1)
  target_link_options(orbit_flags INTERFACE -fsanitize=thread)
endif()

# What makes a mistake in memory end the program rather than be of use to somebody. In the builds that people run; the
# sanitizers have their own means.
if(ORBIT_HARDENED)
  target_compile_definitions(orbit_flags INTERFACE _GLIBCXX_ASSERTIONS)
  # Not CMake's POSITION_INDEPENDENT_CODE: libraries would get -fPIC by it, whose functions can't be inlined as freely.
  target_compile_options(orbit_flags INTERFACE -fPIE)
  target_link_options(orbit_flags INTERFACE -pie)
  target_compile_options(orbit_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(orbit_flags INTERFACE -fcf-protection)
  endif()
  target_link_options(orbit_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# A compiler cache makes a second clone build in seconds; mold links faster than ld. Both are optional.
find_program(ORBIT_CCACHE ccache)
if(ORBIT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ORBIT_CCACHE})
endif()
find_program(ORBIT_MOLD mold)
if(ORBIT_MOLD)
  target_link_options(orbit_flags INTERFACE -fuse-ld=mold)
endif()
