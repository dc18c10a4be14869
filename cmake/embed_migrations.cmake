# Writes a .cpp that holds the migrations. A file is for both databases, or for the one that it is named after:
# 0002_partition_log.postgresql.sql. Run as: cmake -DDIRECTORY=… -DOUTPUT=… -P embed_migrations.cmake
file(GLOB files ${DIRECTORY}/*.sql)
list(SORT files)
foreach(database sqlite postgresql)
  set(${database} "")
endforeach()
foreach(file IN LISTS files)
  cmake_path(GET file FILENAME name)
  string(REGEX MATCH "^([0-9]+)_([a-z0-9_]+)\\.((sqlite|postgresql)\\.)?sql$" matched ${name})
  if(NOT matched)
    message(FATAL_ERROR "${file} must be named NNNN_what.sql or NNNN_what.DATABASE.sql")
  endif()
  set(only ${CMAKE_MATCH_4})
  math(EXPR version "1${CMAKE_MATCH_1} - 10000")
  file(READ ${file} sql)
  set(entry "    Migration{${version}, \"${CMAKE_MATCH_1}_${CMAKE_MATCH_2}\", R\"sql(${sql})sql\"},\n")
  foreach(database sqlite postgresql)
    if(NOT only OR only STREQUAL database)
      string(APPEND ${database} "${entry}")
    endif()
  endforeach()
endforeach()
file(WRITE ${OUTPUT} "#include <array>

#include \"storage/migrations.hpp\"

namespace orbit::storage {

std::span<const Migration> built_in_migrations(DatabaseSession::Kind kind) {
  static constexpr std::array for_sqlite{
${sqlite}  };
  static constexpr std::array for_postgresql{
${postgresql}  };
  if (kind == DatabaseSession::Kind::sqlite) return for_sqlite;
  return for_postgresql;
}

}  // namespace orbit::storage
")
