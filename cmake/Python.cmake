# SPDX-License-Identifier: Apache-2.0
# The virtual environment that all presets share. It is made only by what needs it: cmake/Arrow.cmake
# at configure time (the wheel), the Python tests at run time (the readers they compare with).

set(NDR_PYTHON_ENV "${CMAKE_SOURCE_DIR}/build/python" CACHE PATH
    "Python environment with the packages of tools/requirements.txt")
set(NDR_PYTHON "${NDR_PYTHON_ENV}/bin/python")
