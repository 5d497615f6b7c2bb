#include "store/embedded/bytes.hpp"

namespace nexus::store::embedded {

void ByteWriter::make_room(std::size_t bytes) {
  // Not filled: what is written over next need not be zeros first. What there is costs nothing.
  const std::size_t written = size();
  const std::size_t with_room = std::max({written + bytes, 2 * written, out_.capacity()});
  out_.resize_and_overwrite(with_room, [](char*, std::size_t given) { return given; });
  at_ = out_.data() + written;
  end_ = out_.data() + out_.size();
}

}  // namespace nexus::store::embedded
