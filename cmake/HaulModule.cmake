# haul_module(NAME ...): one folder of src/ as library haul::NAME, with its fakes, tests and benchmarks.
#
#   haul_module(eventlog
#     SOURCES src/segment.cc              the library; public headers are found in include/haul/eventlog/
#     DEPS haul::base                     what its public headers include
#     PRIVATE_DEPS Arrow::arrow           what only its .cc files include
#     TESTING testing/fake_log.cc         haul::eventlog_testing; its headers are in testing/include/
#     TESTING_DEPS haul::base_testing     what those need
#     TESTS test/segment_test.cc          the program haul_eventlog_test, each TEST a ctest of its own
#     TEST_DEPS rapidcheck                what only the tests need
#     BENCHES bench/segment_bench.cc)     the program haul_eventlog_bench, built when asked for
#
# A module may name only modules declared above it in src/CMakeLists.txt, so a cycle cannot be written down;
# and only `app` may name an adapter. Both stop the configuration. A module in src/adapters/delta/ is called
# adapters_delta.
include(GoogleTest)

function(haul_module name)
  set(lists SOURCES DEPS PRIVATE_DEPS TESTING TESTING_DEPS TESTS TEST_DEPS BENCHES BENCH_DEPS)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "${lists}")
  set(unread ${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES})
  if(unread)
    message(FATAL_ERROR "haul_module(${name}): cannot read ${unread}")
  endif()
  haul_check_place(${name})
  haul_check_deps(${name} ${arg_DEPS} ${arg_PRIVATE_DEPS})

  haul_add_library(haul_${name} include "${arg_SOURCES}" "${arg_DEPS}" "${arg_PRIVATE_DEPS}")
  add_library(haul::${name} ALIAS haul_${name})

  if(HAUL_TESTS AND IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/testing")
    haul_check_deps(${name}_testing ${arg_TESTING_DEPS})
    set(deps haul::${name} ${arg_TESTING_DEPS})
    haul_add_library(haul_${name}_testing testing/include "${arg_TESTING}" "${deps}" "")
    add_library(haul::${name}_testing ALIAS haul_${name}_testing)
    # Contracts of ports are tests in headers, as dear as tests; those who run them compile them.
    set_target_properties(haul_${name}_testing PROPERTIES VERIFY_INTERFACE_HEADER_SETS OFF)
    set(testing haul::${name}_testing)
  endif()

  if(HAUL_TESTS AND arg_TESTS)
    haul_check_deps(${name}_test ${arg_TEST_DEPS})
    add_executable(haul_${name}_test ${arg_TESTS})
    target_include_directories(haul_${name}_test PRIVATE src)
    if(HAUL_SANITIZE)
      # A test's own code is not under test: so it takes less than half the time to compile.
      target_compile_options(haul_${name}_test PRIVATE -O0 -fno-sanitize=undefined)
    endif()
    target_link_libraries(
      haul_${name}_test PRIVATE haul::${name} ${testing} ${arg_PRIVATE_DEPS} ${arg_TEST_DEPS} GTest::gmock
                                GTest::gtest_main)
    gtest_discover_tests(
      haul_${name}_test
      NO_PRETTY_VALUES
      TEST_PREFIX ${name}.
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
      DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS ${name} TIMEOUT 120)
  endif()

  if(arg_BENCHES)
    haul_check_deps(${name}_bench ${arg_BENCH_DEPS})
    add_executable(haul_${name}_bench EXCLUDE_FROM_ALL ${arg_BENCHES})
    target_include_directories(haul_${name}_bench PRIVATE src)
    target_link_libraries(haul_${name}_bench PRIVATE haul::${name} ${arg_PRIVATE_DEPS} ${arg_BENCH_DEPS}
                                                     benchmark::benchmark benchmark::benchmark_main)
  endif()
endfunction()

# haul_program(NAME MAIN FILE DEPS ...): a binary that lands at the top of the build tree, as
# build/release/haul.
function(haul_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MAIN" "DEPS")
  add_executable(${name} ${arg_MAIN})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endfunction()

# A library of headers below `include_root` and, if there are any, sources.
function(haul_add_library target include_root sources deps private_deps)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${include_root}/*.h")
  if(sources)
    add_library(${target} STATIC ${sources})
    set(visibility PUBLIC)
    target_include_directories(${target} PRIVATE src)
    target_link_libraries(${target} PRIVATE ${private_deps})
  else()
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_link_libraries(${target} ${visibility} ${deps})
  if(headers)
    target_sources(
      ${target} ${visibility} FILE_SET HEADERS BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}/${include_root}"
                              FILES ${headers})
  endif()
endfunction()

# The folder, the name and the include path of a module are the same words.
function(haul_check_place name)
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}/src" "${CMAKE_CURRENT_SOURCE_DIR}")
  string(REPLACE "/" "_" expected "${folder}")
  if(NOT name STREQUAL expected)
    message(FATAL_ERROR "src/${folder} declares module ${name}: it must be called ${expected}")
  endif()
  file(GLOB_RECURSE headers RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/include" "include/*.h")
  foreach(header IN LISTS headers)
    if(NOT header MATCHES "^haul/${folder}/")
      message(FATAL_ERROR "src/${folder}/include/${header}: its place is include/haul/${folder}/")
    endif()
  endforeach()
endfunction()

# Every dependency exists already: ours are declared above, the others in cmake/ThirdParty.cmake.
function(haul_check_deps name)
  foreach(dep IN LISTS ARGN)
    if(dep MATCHES "^haul::adapters_" AND NOT name MATCHES "^(app|adapters_.*_(test|testing|bench))")
      message(FATAL_ERROR "${name} needs ${dep}: only app links adapters; let ${name} own a port")
    endif()
    if(NOT TARGET ${dep})
      if(dep MATCHES "^haul::")
        message(FATAL_ERROR "${name} needs ${dep}, which is not declared above it: wrong direction or a typo")
      endif()
      message(FATAL_ERROR "${name} needs ${dep}, which cmake/ThirdParty.cmake does not have")
    endif()
  endforeach()
endfunction()
