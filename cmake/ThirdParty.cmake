# Every library that is not ours, as a target: Debian's through their own CMake packages, the ones that `./dev
# setup` fetched from .deps/. Headers of imported targets count as system headers: their warnings are silent.
find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(tl-expected 1.0 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(simdjson 3.0 REQUIRED)
find_package(date REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers alone: Asio and Beast
if(HAUL_TESTS)
  find_package(GTest 1.12 REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
find_package(benchmark 1.7 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL 7.85 REQUIRED)

# haul_debian_library(TARGET NAME HEADER): a Debian library without a CMake package.
function(haul_debian_library target name header)
  find_library(${name}_LIBRARY ${name} REQUIRED)
  find_path(${name}_INCLUDE ${header} REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${${name}_LIBRARY}")
  target_include_directories(${target} INTERFACE "${${name}_INCLUDE}")
endfunction()

haul_debian_library(Isal::isal isal isa-l/crc.h)
haul_debian_library(Xxhash::xxhash xxhash xxhash.h)
haul_debian_library(PostgreSQL::libpq pq postgresql/libpq-fe.h)
target_include_directories(PostgreSQL::libpq INTERFACE "${pq_INCLUDE}/postgresql")

set(HAUL_DEPS "${PROJECT_SOURCE_DIR}/.deps")

# haul_fetched_library(TARGET FILE INCLUDE): TARGET is the shared library .deps/FILE (a pattern that must
# match one file) with its headers in .deps/INCLUDE.
function(haul_fetched_library target file include)
  file(GLOB found "${HAUL_DEPS}/${file}")
  list(LENGTH found count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "${target}: .deps/${file} matches ${count} files: run ./dev setup")
  endif()
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(
    ${target} PROPERTIES IMPORTED_LOCATION "${found}" INTERFACE_INCLUDE_DIRECTORIES "${HAUL_DEPS}/${include}")
endfunction()

haul_fetched_library(Arrow::arrow pyarrow/lib/libarrow.so.* pyarrow/include)
haul_fetched_library(Arrow::compute pyarrow/lib/libarrow_compute.so.* pyarrow/include)
haul_fetched_library(Arrow::acero pyarrow/lib/libarrow_acero.so.* pyarrow/include)
haul_fetched_library(Arrow::parquet pyarrow/lib/libparquet.so.* pyarrow/include)
haul_fetched_library(Arrow::dataset pyarrow/lib/libarrow_dataset.so.* pyarrow/include)
target_link_libraries(Arrow::compute INTERFACE Arrow::arrow)
target_link_libraries(Arrow::acero INTERFACE Arrow::compute)
target_link_libraries(Arrow::parquet INTERFACE Arrow::arrow)
target_link_libraries(Arrow::dataset INTERFACE Arrow::acero Arrow::parquet)

haul_fetched_library(DuckDB::duckdb duckdb/lib/libduckdb.so duckdb_header/include)
