#pragma once

#include <pthread.h>

namespace nexus::store::embedded {

// Names the calling thread for those who look at the process from outside; at most 15 characters.
inline void name_thread(const char* name) {
  pthread_setname_np(pthread_self(), name);
}

}  // namespace nexus::store::embedded
