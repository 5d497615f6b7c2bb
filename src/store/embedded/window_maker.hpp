#pragma once

#include <cstdint>
#include <memory>

#include "store/embedded/window.hpp"

namespace nexus::store::embedded {

// Makes windows, each in the room of one that is gone where there is one: that of a large store takes tens of
// MiB, which the kernel would clear for every window again. Any thread.
class WindowMaker {
 public:
  // An empty one with room for so many events.
  WindowPtr make(std::uint64_t events);

  // Gives back the room that no window has now, for when writes have come to rest.
  void give_back_room();

 private:
  class Spare;
  std::shared_ptr<Spare> spare_ = make_spare();  // also of the windows, which go when their last reader does

  static std::shared_ptr<Spare> make_spare();
};

}  // namespace nexus::store::embedded
