# SPDX-License-Identifier: Apache-2.0
# The command, apps/ndr, and what `make install` leaves: bin/ndr with the libraries it loads in
# lib/ndr, so that it runs without the build folder.

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/apps/ndr/*.cc")
if(NOT EXISTS "${CMAKE_SOURCE_DIR}/apps/ndr/main.cc")
  return()
endif()

add_executable(ndr ${sources})
target_include_directories(ndr PRIVATE "${CMAKE_SOURCE_DIR}/apps")
target_link_libraries(ndr PRIVATE ${NDR_MODULE_TARGETS} ndr_dependencies ndr_warnings)
ndr_reuse_headers(ndr ndr_headers)
set_target_properties(ndr PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/ndr")

# Left to the system: the C and C++ run times, which every Debian has.
set(base_libraries "^(ld-linux|libc|libm|libdl|librt|libpthread|libgcc_s|libstdc\\+\\+)[-.].*")
install(TARGETS ndr RUNTIME_DEPENDENCY_SET ndr_loaded RUNTIME DESTINATION bin)
install(RUNTIME_DEPENDENCY_SET ndr_loaded
  PRE_EXCLUDE_REGEXES "${base_libraries}"
  LIBRARY DESTINATION lib/ndr)
