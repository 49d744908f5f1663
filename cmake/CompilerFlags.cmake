# One set of flags for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# Paths in messages and debug information start at the source folder, whichever clone built them.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=../../=)
add_link_options(-fuse-ld=lld -Wl,--as-needed -Wl,--gc-sections)
# libparquet exports a newer simdjson of its own under the same names: ours must be found first, or our
# objects call functions of another layout and crash. First on the link line is first in the search.
add_link_options(LINKER:--push-state,--no-as-needed -lsimdjson LINKER:--pop-state)

if(HAUL_FUZZ)
  # clang warns of other things; the code is held to those of g++ and clang-tidy.
  add_compile_options(-Wno-error)
endif()

if(HAUL_SANITIZE)
  add_compile_options(-fsanitize=${HAUL_SANITIZE} -fno-sanitize-recover=all)
  # g++ 12 takes the sanitizers' own branches for uses of uninitialised values. Its checks for null and for
  # alignment are a fifth of the time of a build; AddressSanitizer stops at a null pointer as well, and the
  # fuzz programs, which clang builds, keep both.
  add_compile_options(
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-fno-sanitize=null,alignment>")
  add_link_options(-fsanitize=${HAUL_SANITIZE})
else()
  # At -O3 g++ 12 sees overlaps and overflows in inlined std::string and fmt code that cannot happen (GCC
  # bugs 105651 and 105329), and uses of the value of an empty std::optional behind its check (bug 80635). The
  # dev preset keeps the first two warnings, and its sanitizers look at run time.
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-maybe-uninitialized)
endif()

# On two cores a link beside two compilations is fine, two links of large binaries are not.
set_property(GLOBAL PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)

# clangd and clang-tidy look for it beside the sources.
if(PROJECT_IS_TOP_LEVEL AND HAUL_TESTS AND HAUL_SANITIZE STREQUAL "address,undefined")
  file(CREATE_LINK "${CMAKE_BINARY_DIR}/compile_commands.json"
       "${CMAKE_SOURCE_DIR}/compile_commands.json" SYMBOLIC)
endif()
