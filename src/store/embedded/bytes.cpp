#include "store/embedded/bytes.hpp"

#include "store/string_room.hpp"

namespace nexus::store::embedded {

void ByteWriter::make_room(std::size_t bytes) {
  const std::size_t written = size();
  make_room_in(out_, written, bytes);
  at_ = out_.data() + written;
  end_ = out_.data() + out_.size();
}

}  // namespace nexus::store::embedded
