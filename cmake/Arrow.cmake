# SPDX-License-Identifier: Apache-2.0
# Arrow C++ under the names of its own CMake packages: an installed Arrow when there is one, otherwise
# the libraries and headers of the pyarrow wheel (docs/decisions/0001-arrow-from-the-wheel.md).

set(NDR_ARROW_MINIMUM 21)  # the first release with the compute kernels in a library of their own

find_package(Arrow CONFIG QUIET)
if(Arrow_FOUND)
  if(Arrow_VERSION VERSION_LESS NDR_ARROW_MINIMUM)
    message(FATAL_ERROR "Arrow ${Arrow_VERSION} in ${Arrow_DIR} is older than ${NDR_ARROW_MINIMUM}. "
      "To take Arrow from the wheel: cmake -D CMAKE_DISABLE_FIND_PACKAGE_Arrow=ON ...")
  endif()
  foreach(package IN ITEMS ArrowCompute ArrowAcero ArrowDataset Parquet)
    find_package(${package} CONFIG REQUIRED HINTS "${Arrow_DIR}")
  endforeach()
  message(STATUS "Arrow ${Arrow_VERSION}: ${Arrow_DIR}")
  return()
endif()

execute_process(
  COMMAND bash "${CMAKE_SOURCE_DIR}/tools/python_env.sh" "${NDR_PYTHON_ENV}"
          "${CMAKE_SOURCE_DIR}/tools/requirements.txt"
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND "${NDR_PYTHON}" -c "import importlib.util as u; print(u.find_spec('pyarrow').submodule_search_locations[0])"
  OUTPUT_VARIABLE NDR_ARROW_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "Arrow from the wheel: ${NDR_ARROW_ROOT}")

# The wheel has no link names (libarrow.so), only versioned ones (libarrow.so.2600).
function(ndr_arrow_library target file)
  file(GLOB library "${NDR_ARROW_ROOT}/lib${file}.so.*")
  if(NOT library)
    message(FATAL_ERROR "lib${file} is not in ${NDR_ARROW_ROOT}")
  endif()
  get_filename_component(soname "${library}" NAME)
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${library}"
    IMPORTED_SONAME "${soname}"
    INTERFACE_INCLUDE_DIRECTORIES "${NDR_ARROW_ROOT}/include"
    INTERFACE_COMPILE_DEFINITIONS "_GLIBCXX_USE_CXX11_ABI=1"
    INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

ndr_arrow_library(Arrow::arrow_shared arrow)
ndr_arrow_library(ArrowCompute::arrow_compute_shared arrow_compute Arrow::arrow_shared)
ndr_arrow_library(ArrowAcero::arrow_acero_shared arrow_acero ArrowCompute::arrow_compute_shared)
ndr_arrow_library(Parquet::parquet_shared parquet Arrow::arrow_shared)
ndr_arrow_library(ArrowDataset::arrow_dataset_shared arrow_dataset
                  ArrowAcero::arrow_acero_shared Parquet::parquet_shared)
