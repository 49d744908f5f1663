# Writes OUTPUT: the files FILES of FOLDER as bytes, and the function haul::app::NAME() that lists them.
set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS FILES)
  file(READ "${FOLDER}/${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "const unsigned char kFile${count}[] = {${bytes}0};\n")
  string(APPEND entries
         "    {\"${file}\", {reinterpret_cast<const char*>(kFile${count}), sizeof(kFile${count}) - 1}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE "${OUTPUT}" "#include \"embedded_file.h\"

namespace haul::app {
namespace {
${arrays}const EmbeddedFile kFiles[] = {
${entries}};
}  // namespace

std::span<const EmbeddedFile> ${NAME}() { return kFiles; }

}  // namespace haul::app
")
