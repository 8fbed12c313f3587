# SPDX-License-Identifier: Apache-2.0
# Each folder tests/<name> is one ctest test per kind of source in it: <name>_test for its *_test.cc
# (GoogleTest, with the support files *.cc beside them and in tests/), <name>_pytest for its test_*.py.
# The folder of a module links that module and what lies below it; any other folder links them all.

set(test_environment "NDR_BINARY=${CMAKE_BINARY_DIR}/bin/ndr" "NDR_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
string(REPLACE "," ";" sanitizers "${NDR_SANITIZE}")
if(NDR_SANITIZE)
  # Arrow's own pools would hide its buffers from the sanitizers.
  list(APPEND test_environment "ARROW_DEFAULT_MEMORY_POOL=system")
  # Each step is some three times as slow: fewer random cases and kills than the release build tries.
  list(APPEND test_environment "RC_PARAMS=max_success=20" "NDR_TEST_KILLS=2")
endif()
if("address" IN_LIST sanitizers)
  # What the oracle's own tests run is the oracle, and no engine.
  set(story_arguments "--ignore-glob=*/test_self*.py")
  # Stories start the command thousands of times: freed memory is kept from reuse for one MiB and not 256, fresh memory is
  # not filled and its makers are not noted, which is most of what the sanitizer costs there. The C++ tests keep all that.
  set(story_environment "ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=1:max_malloc_fill_size=0")
endif()
# Real logs lie where NDR_SHARED_DATA says when the tests run, by default beside the project.
set(with_data sh -c "NDR_SHARED_DATA=\${NDR_SHARED_DATA:-${CMAKE_SOURCE_DIR}/../shared/data} exec \"$@\"" sh)

find_package(GTest CONFIG REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)

file(GLOB support CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/*.cc")
add_library(ndr_testing INTERFACE)
target_include_directories(ndr_testing INTERFACE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/tests")
target_link_libraries(ndr_testing INTERFACE
  ndr_dependencies ndr_warnings GTest::gmock_main rapidcheck rapidcheck_gtest)
# The tests' own code need not be fast, but must compile soon: half of all that is compiled is theirs.
target_compile_options(ndr_testing INTERFACE $<$<CONFIG:Release,Sanitizer>:-O0>)
if("undefined" IN_LIST sanitizers)
  # Checks of every pointer, a third of the time: the address sanitizer notices null too.
  target_compile_options(ndr_testing INTERFACE -fno-sanitize=null,alignment)
endif()
ndr_precompile(ndr_test_headers ndr_testing ${headers} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck.h> <rapidcheck/gtest.h>)

function(ndr_add_test name)
  add_test(NAME ${name} COMMAND ${with_data} ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT 3000 ENVIRONMENT "${test_environment}"
                       WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
endfunction()

file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${CMAKE_SOURCE_DIR}/tests/*")
foreach(folder IN LISTS folders)
  get_filename_component(name "${folder}" NAME)
  file(GLOB cases CONFIGURE_DEPENDS "${folder}/*_test.cc")
  file(GLOB python_cases CONFIGURE_DEPENDS "${folder}/test_*.py")

  if(cases)
    file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cc")
    set(target ${name}_test)
    set(tested ndr_${name})
    if(name STREQUAL "tsan")
      # What the thread sanitizer builds: the parallel primitive and a stage on it, not the whole engine.
      set(target parallel_tsan_test)
      set(tested ndr_windows)
    endif()
    add_executable(${target} ${sources} ${support})
    if(TARGET ${tested})
      target_link_libraries(${target} PRIVATE ${tested} ndr_testing)
    else()
      target_link_libraries(${target} PRIVATE ${NDR_MODULE_TARGETS} ndr_testing)
    endif()
    ndr_reuse_headers(${target} ndr_test_headers)
    ndr_add_test(${target} $<TARGET_FILE:${target}>)
  endif()

  if(python_cases)
    ndr_add_test(${name}_pytest "${NDR_PYTHON}" -m pytest -q -p no:cacheprovider ${story_arguments} "${folder}")
    # The most files first, the C++ tests last: short ones fill the gap that a long one would leave at the end.
    list(LENGTH python_cases files)
    set_tests_properties(${name}_pytest PROPERTIES FIXTURES_REQUIRED python_env COST ${files}
                         ENVIRONMENT "${test_environment};${story_environment}")
    set(python_tests TRUE)
  endif()
endforeach()

# The same tests with roots and logs on S3, which must leave the bytes that they left in folders: both runs note them. Not
# with the sanitizers, whose time it would double: there e2e_pytest takes the stages through these stories, s3_pytest the storage.
if(NOT NDR_SANITIZE)
  set(left "NDR_TEST_LEFT=${CMAKE_BINARY_DIR}/left-by-e2e.json")
  ndr_add_test(e2e_on_s3_pytest "${NDR_PYTHON}" -m pytest -q -rs -p no:cacheprovider "${CMAKE_SOURCE_DIR}/tests/e2e")
  set_tests_properties(e2e_on_s3_pytest PROPERTIES FIXTURES_REQUIRED "python_env;left_by_e2e" COST 98)
  set_property(TEST e2e_on_s3_pytest APPEND PROPERTY ENVIRONMENT "NDR_TEST_LAKE=versitygw" "${left}")
  set_tests_properties(e2e_pytest PROPERTIES FIXTURES_SETUP left_by_e2e COST 99)
  set_property(TEST e2e_pytest APPEND PROPERTY ENVIRONMENT "${left}")
endif()

if(python_tests)
  ndr_add_test(python_env bash "${CMAKE_SOURCE_DIR}/tools/python_env.sh" "${NDR_PYTHON_ENV}"
               "${CMAKE_SOURCE_DIR}/tools/requirements.txt" "${CMAKE_SOURCE_DIR}/tools/requirements-test.txt")
  set_tests_properties(python_env PROPERTIES FIXTURES_SETUP python_env)
endif()

ndr_add_test(layers /usr/bin/python3 "${CMAKE_SOURCE_DIR}/tools/check_layers.py"
             "${CMAKE_SOURCE_DIR}")
