# SPDX-License-Identifier: Apache-2.0
# ndr_precompile(NAME USED HEADERS...): where sources are compiled in unity, the headers that most of them include are
# parsed once, as the libraries USED see them, for every target that names <NAME> in ndr_reuse_headers(TARGET NAME).
# Other builds do without: there each source must include what it uses.

function(ndr_precompile name used)
  if(CMAKE_UNITY_BUILD)
    file(WRITE "${CMAKE_BINARY_DIR}/${name}.cc" "")
    add_library(${name} OBJECT "${CMAKE_BINARY_DIR}/${name}.cc")
    target_link_libraries(${name} PRIVATE ${used})
    target_precompile_headers(${name} PRIVATE ${ARGN})
  endif()
endfunction()

function(ndr_reuse_headers target name)
  if(CMAKE_UNITY_BUILD)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()
