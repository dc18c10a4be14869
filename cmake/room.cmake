# orbit_room(NAME DEPENDS rooms... LIBRARIES targets...)
#
# Declares the room in the current folder: every .cpp but *_test.cpp becomes the library orbit_NAME; the tests become
# NAME_test; what a fuzzer tries is in *_fuzz.cpp, see orbit_fuzzer. DEPENDS is the list of rooms whose headers this one may include; script/lint checks the includes against it.
# ON_POSTGRESQL is a filter: the tests that it lets through are there a second time, as postgresql.*, on the server that
# ORBIT_TEST_POSTGRESQL names; script/test starts one.
function(orbit_room name)
  cmake_parse_arguments(room "" "ON_POSTGRESQL" "DEPENDS;LIBRARIES;TEST_LIBRARIES" ${ARGN})

  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$|/main\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  if(NOT sources)
    return()
  endif()

  set(dependencies ${room_DEPENDS})
  list(TRANSFORM dependencies PREPEND orbit_)
  add_library(orbit_${name} STATIC ${sources})
  target_include_directories(orbit_${name} PUBLIC ${PROJECT_SOURCE_DIR}/server)
  target_link_libraries(orbit_${name} PUBLIC orbit_flags ${dependencies} ${room_LIBRARIES})

  if(ORBIT_BUILD_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE orbit_${name} ${room_TEST_LIBRARIES} GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES PROPERTIES TIMEOUT 120)
    if(room_ON_POSTGRESQL)
      gtest_discover_tests(${name}_test TEST_PREFIX "postgresql.${name}." TEST_FILTER ${room_ON_POSTGRESQL}
        TEST_LIST ${name}_test_on_postgresql DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
        PROPERTIES TIMEOUT 120 ENVIRONMENT ORBIT_TEST_DATABASE=postgresql)
    endif()
  endif()
endfunction()

# orbit_fuzzer(NAME sources... LIBRARIES targets...)
#
# In the fuzz build: NAME.cpp and the sources that it tries become a program for script/fuzz, with the seeds in
# fuzz_seeds/NAME. The sources are named one by one, so that a fuzzer is built in seconds.
function(orbit_fuzzer name)
  if(NOT ORBIT_FUZZ)
    return()
  endif()
  cmake_parse_arguments(fuzzer "" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${name}.cpp ${fuzzer_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/server)
  target_link_libraries(${name} PRIVATE orbit_flags ${fuzzer_LIBRARIES})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
