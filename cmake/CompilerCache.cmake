# Compiled objects are kept in the user's cache folder and shared by all clones: ccache is told to see every
# clone's sources at the same relative place, and to take the headers from the compiler's own list instead of
# preprocessing each file once more. A CCACHE_* variable that the user has set wins.
find_program(HAUL_CCACHE ccache)

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(HAUL_CACHE_DIR "$ENV{XDG_CACHE_HOME}/haul")
else()
  set(HAUL_CACHE_DIR "$ENV{HOME}/.cache/haul")
endif()

if(HAUL_CCACHE)
  set(settings
      DIR=${HAUL_CACHE_DIR}/ccache
      BASEDIR=${CMAKE_SOURCE_DIR}
      DEPEND=1
      NOHASHDIR=1
      MAXSIZE=10G
      COMPILERCHECK=content
      SLOPPINESS=include_file_ctime,include_file_mtime)
  set(CMAKE_CXX_COMPILER_LAUNCHER /usr/bin/env)
  foreach(setting IN LISTS settings)
    string(REGEX MATCH "^[A-Z]+" name "${setting}")
    if(NOT DEFINED ENV{CCACHE_${name}})
      list(APPEND CMAKE_CXX_COMPILER_LAUNCHER CCACHE_${setting})
    endif()
  endforeach()
  list(APPEND CMAKE_CXX_COMPILER_LAUNCHER ${HAUL_CCACHE})
endif()
