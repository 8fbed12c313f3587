# SPDX-License-Identifier: Apache-2.0
# The libraries the engine may use, from the packages of tools/debian-packages.txt. The linker keeps
# only those that a binary really uses.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only
find_package(CLI11 CONFIG REQUIRED)
find_package(CURL REQUIRED)
find_package(date CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
find_package(pugixml CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)

add_library(ndr_dependencies INTERFACE)
target_link_libraries(ndr_dependencies INTERFACE
  Arrow::arrow_shared
  ArrowAcero::arrow_acero_shared
  ArrowCompute::arrow_compute_shared
  ArrowDataset::arrow_dataset_shared
  Boost::headers
  CLI11::CLI11
  CURL::libcurl
  date::date-tz
  fmt::fmt
  nlohmann_json::nlohmann_json
  OpenSSL::Crypto
  Parquet::parquet_shared
  PkgConfig::zstd
  pugixml::pugixml
  SQLite::SQLite3
  Threads::Threads
  ZLIB::ZLIB)
