# SPDX-License-Identifier: Apache-2.0
# Each folder src/ndr/<module> with sources is a static library, ndr::<module>, which sees the modules
# of lower layers and none of its own. src/ndr/LAYERS is the list.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/ndr/LAYERS")
file(STRINGS "${CMAKE_SOURCE_DIR}/src/ndr/LAYERS" lines REGEX "^[a-z]")

set(headers <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <vector>
            <arrow/array.h> <arrow/record_batch.h> <arrow/result.h> <fmt/format.h> <nlohmann/json.hpp>)
ndr_precompile(ndr_headers "ndr_dependencies;ndr_warnings" ${headers})

set(NDR_MODULES "")
foreach(line IN LISTS lines)
  string(REGEX MATCH "^([a-z_]+) +([0-9]+)$" matched "${line}")
  if(NOT matched)
    message(FATAL_ERROR "src/ndr/LAYERS: not '<module> <layer>': ${line}")
  endif()
  set(module "${CMAKE_MATCH_1}")
  set(layer_of_${module} "${CMAKE_MATCH_2}")

  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/ndr/${module}/*.cc")
  if(NOT sources)
    continue()
  endif()
  add_library(ndr_${module} STATIC ${sources})
  add_library(ndr::${module} ALIAS ndr_${module})
  target_include_directories(ndr_${module} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(ndr_${module} PUBLIC ndr_dependencies PRIVATE ndr_warnings)
  ndr_reuse_headers(ndr_${module} ndr_headers)
  foreach(lower IN LISTS NDR_MODULES)
    if(layer_of_${lower} LESS layer_of_${module})
      target_link_libraries(ndr_${module} PUBLIC ndr_${lower})
    endif()
  endforeach()
  list(APPEND NDR_MODULES ${module})
endforeach()

list(TRANSFORM NDR_MODULES PREPEND ndr_ OUTPUT_VARIABLE NDR_MODULE_TARGETS)
