# nexus_embed_file(TARGET FUNCTION FILE NAMESPACE): makes the bytes of FILE part of TARGET, read through
# `std::string_view NAMESPACE::FUNCTION()`, which a header of the target declares.
function(nexus_embed_file target function file namespace)
  get_filename_component(path ${file} ABSOLUTE)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${function}.cpp)
  set(symbol nexus_embedded_${function})
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [=[
#include <string_view>

asm(".section .rodata\n"
    ".global @symbol@_begin\n"
    ".global @symbol@_end\n"
    "@symbol@_begin:\n"
    ".incbin \"@path@\"\n"
    "@symbol@_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" const char @symbol@_begin[];
extern "C" const char @symbol@_end[];

namespace @namespace@ {

std::string_view @function@();
std::string_view @function@() { return {@symbol@_begin, static_cast<std::size_t>(@symbol@_end - @symbol@_begin)}; }

}  // namespace @namespace@
]=])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${path} SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${source})
endfunction()
