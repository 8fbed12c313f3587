# SPDX-License-Identifier: Apache-2.0
# bench/jobs: bench_jobs, the program that bench/compare.py times. bench/micro/<name>_bench.cc: one Google
# Benchmark program each, built by the target `benchmarks`. None of them belongs to `all`.

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bench/jobs/*.cc")
add_executable(bench_jobs EXCLUDE_FROM_ALL ${sources})
target_include_directories(bench_jobs PRIVATE "${CMAKE_SOURCE_DIR}/bench")
target_link_libraries(bench_jobs PRIVATE ${NDR_MODULE_TARGETS} ndr_dependencies ndr_warnings)

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bench/micro/*_bench.cc")
find_package(benchmark CONFIG QUIET)
if(NOT sources OR NOT benchmark_FOUND)
  return()
endif()

add_custom_target(benchmarks)
foreach(source IN LISTS sources)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(${name} EXCLUDE_FROM_ALL "${source}")
  target_link_libraries(${name} PRIVATE
    ${NDR_MODULE_TARGETS} ndr_dependencies ndr_warnings benchmark::benchmark_main)
  add_dependencies(benchmarks ${name})
endforeach()
