# Haul::delta_shim: the C library over delta_kernel from rust/delta_shim. Cargo runs only when something that
# links it is built, and only when its sources have not been built by any clone of this user before.
set(HAUL_DELTA_SHIM_SOURCE "${PROJECT_SOURCE_DIR}/rust/delta_shim")

if(EXISTS "${HAUL_DELTA_SHIM_SOURCE}/Cargo.toml")
  set(library "${CMAKE_BINARY_DIR}/lib/libhaul_delta.so")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${HAUL_DELTA_SHIM_SOURCE}/src/*.rs"
       "${HAUL_DELTA_SHIM_SOURCE}/include/*.h")
  add_custom_command(
    OUTPUT "${library}"
    COMMAND python3 "${PROJECT_SOURCE_DIR}/scripts/dev/delta_shim.py" "${library}"
    DEPENDS ${sources} "${HAUL_DELTA_SHIM_SOURCE}/Cargo.toml" "${HAUL_DELTA_SHIM_SOURCE}/Cargo.lock"
            "${PROJECT_SOURCE_DIR}/scripts/dev/delta_shim.py"
    COMMENT "Building the Delta shim with cargo"
    USES_TERMINAL VERBATIM)
  add_custom_target(haul_delta_shim_library DEPENDS "${library}")

  add_library(haul_delta_shim SHARED IMPORTED GLOBAL)
  add_library(Haul::delta_shim ALIAS haul_delta_shim)
  set_target_properties(
    haul_delta_shim PROPERTIES IMPORTED_LOCATION "${library}" IMPORTED_NO_SONAME TRUE
                               INTERFACE_INCLUDE_DIRECTORIES "${HAUL_DELTA_SHIM_SOURCE}/include")
  add_dependencies(haul_delta_shim haul_delta_shim_library)
endif()
