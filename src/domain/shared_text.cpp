#include "domain/shared_text.hpp"

#include <memory>
#include <new>

namespace nexus::domain {

SharedText::Block* SharedText::make_block(std::string_view text) {
  if (text.empty()) return nullptr;
  void* room = ::operator new(sizeof(Block) + text.size());
  auto* block = std::construct_at(static_cast<Block*>(room));
  block->size = static_cast<std::uint32_t>(text.size());
  text.copy(block->text(), text.size());
  return block;
}

}  // namespace nexus::domain
