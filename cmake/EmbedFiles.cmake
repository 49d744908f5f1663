# haul_embed_folder(TARGET FOLDER NAME): every file below FOLDER becomes part of TARGET, as the function
# `std::span<const EmbeddedFile> haul::app::NAME()`; so the binary needs no folder beside it.
function(haul_embed_folder target folder name)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${folder}" "${folder}/*")
  list(SORT files)
  list(TRANSFORM files PREPEND "${folder}/" OUTPUT_VARIABLE paths)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/${name}.cc")
  add_custom_command(
    OUTPUT "${generated}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DFILES=${files}" "-DNAME=${name}"
            "-DOUTPUT=${generated}" -P "${PROJECT_SOURCE_DIR}/cmake/WriteEmbeddedFiles.cmake"
    DEPENDS ${paths} "${PROJECT_SOURCE_DIR}/cmake/WriteEmbeddedFiles.cmake"
    COMMENT "Embedding ${folder}"
    VERBATIM)
  target_sources(${target} PRIVATE "${generated}")
endfunction()
