# Writes a .cpp that holds the migrations. Run as: cmake -DDIRECTORY=… -DOUTPUT=… -P embed_migrations.cmake
file(GLOB files ${DIRECTORY}/*.sql)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  cmake_path(GET file STEM name)
  string(REGEX MATCH "^[0-9]+" number ${name})
  math(EXPR version "1${number} - 10000")
  file(READ ${file} sql)
  string(APPEND entries "    Migration{${version}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include <array>

#include \"storage/migrations.hpp\"

namespace orbit::storage {

std::span<const Migration> built_in_migrations() {
  static constexpr std::array migrations{
${entries}  };
  return migrations;
}

}  // namespace orbit::storage
")
