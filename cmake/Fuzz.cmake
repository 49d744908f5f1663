# haul_fuzz_target(NAME SOURCE fuzz/NAME_fuzz.cc DEPS ...): the file defines LLVMFuzzerTestOneInput(); what it
# starts from are the files of fuzz/corpus/NAME/. Called in a module's CMakeLists.txt, behind haul_module().
#
# The preset `fuzz` (clang) makes the libFuzzer program haul_fuzz_NAME. Where tests are built, the same file
# with a plain main (tests/fuzz/replay_main.cc) runs the corpus, and small changes of it: MODULE.fuzz_NAME.
function(haul_fuzz_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE" "DEPS")
  if(NOT HAUL_FUZZ AND NOT HAUL_TESTS)
    return()
  endif()
  set(target haul_fuzz_${name})
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME module)
  haul_check_deps(${module}_fuzz ${arg_DEPS})
  add_executable(${target} ${arg_SOURCE})
  target_include_directories(${target} PRIVATE fuzz src)
  target_link_libraries(${target} PRIVATE ${arg_DEPS})
  if(HAUL_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
    set_property(GLOBAL APPEND PROPERTY HAUL_FUZZ_TARGETS ${target})
  else()
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc")
    add_test(NAME ${module}.fuzz_${name} COMMAND ${target} "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name}")
    set_tests_properties(${module}.fuzz_${name} PROPERTIES LABELS ${module} TIMEOUT 120)
    add_dependencies(haul_${module}_test ${target})  # ./dev test MODULE builds it, too
  endif()
endfunction()
