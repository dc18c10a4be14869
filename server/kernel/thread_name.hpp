// What a thread is called in `top -H`, in gdb and in /proc: who looks there at 3 a.m. should know which one is busy.
#pragma once

#include <pthread.h>

#include <string>

namespace orbit::kernel {

/// Of the calling thread. The kernel keeps 15 bytes; a longer name is cut.
inline void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace orbit::kernel
