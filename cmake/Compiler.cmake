# SPDX-License-Identifier: Apache-2.0
# How everything is compiled. NDR_SANITIZE is a list for -fsanitize=, set by the presets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

set(NDR_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
set(CMAKE_CXX_FLAGS_DEV "-O1")

# Floats must be the same bits on every machine: no fused multiply-add where the processor has one.
add_compile_options(-ffp-contract=off)
if(NDR_SANITIZE)
  add_compile_options(-fsanitize=${NDR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NDR_SANITIZE})
endif()

find_program(NDR_CCACHE ccache)
if(NDR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths count from the source folder, so that another clone finds what this one compiled.
  # What it says of precompiled headers holds: they are named by what they include, and have no time in them.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros "${NDR_CCACHE}")
endif()

find_program(NDR_MOLD mold)
find_program(NDR_LLD ld.lld)
if(NDR_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(NDR_LLD)
  add_link_options(-fuse-ld=lld)
endif()

# An old-style RPATH also serves the libraries that the loaded libraries need, which an installed
# binary relies on.
add_link_options(-Wl,--disable-new-dtags -Wl,--as-needed)

# Warnings are for the project's own sources: linked by each of its targets.
# At -O3 GCC 12 finds overlaps and lengths beyond memory in std::string's own concatenation (GCC bug 105651 and its like).
add_library(ndr_warnings INTERFACE)
target_compile_options(ndr_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wcast-align=strict
                       -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Werror)
if(CMAKE_UNITY_BUILD)
  # Within a unity file every source but the first counts as a header to this warning.
  target_compile_options(ndr_warnings INTERFACE -Wno-subobject-linkage)
endif()
