#include "store/embedded/window_maker.hpp"

#include <mutex>
#include <utility>

namespace nexus::store::embedded {

class WindowMaker::Spare {
 public:
  Window::Room take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(room_, {});
  }
  void keep(Window::Room room) {
    const std::scoped_lock lock(mutex_);
    std::swap(room_, room);
  }

 private:
  std::mutex mutex_;
  Window::Room room_;
};

std::shared_ptr<WindowMaker::Spare> WindowMaker::make_spare() {
  return std::make_shared<Spare>();
}

WindowPtr WindowMaker::make(std::uint64_t events) {
  const auto keep_room = [spare = spare_](Window* gone) {
    const std::unique_ptr<Window> window(gone);
    spare->keep(window->take_room());
  };
  return {std::make_unique<Window>(events, spare_->take()).release(), keep_room};
}

void WindowMaker::give_back_room() {
  spare_->take();
}

}  // namespace nexus::store::embedded
