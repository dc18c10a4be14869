#include "app/doctor.hpp"

#include <gtest/gtest.h>

namespace orbit::app {
namespace {

using State = Finding::State;

const Findings mixed{{State::ok, "page", "none is served"},
                     {State::look, "clock", "nothing keeps it right", "Run chrony."},
                     {State::wrong, "listen", "127.0.0.1:80 is \"taken\"", "See who listens there."}};

TEST(DoctorTest, IsWellUnlessSomethingIsWrong) {
  EXPECT_FALSE(is_well(mixed));
  EXPECT_TRUE(is_well({mixed[0], mixed[1]}));
}

TEST(DoctorTest, TellsEachFindingOnALineAndWhatToDoBelowIt) {
  EXPECT_EQ(findings_text(mixed, false),
            "ok     page          none is served\n"
            "look   clock         nothing keeps it right\n"
            "                     Run chrony.\n"
            "wrong  listen        127.0.0.1:80 is \"taken\"\n"
            "                     See who listens there.\n"
            "\n1 wrong, 1 to look at, 1 ok.\n");
  EXPECT_EQ(findings_text({mixed[0]}, false), "ok     page          none is served\n\nAll is well.\n");
}

TEST(DoctorTest, ColoursNothingButTheState) {
  EXPECT_EQ(findings_text({mixed[0]}, true), "\033[32mok   \033[0m  page          none is served\n\nAll is well.\n");
}

TEST(DoctorTest, IsJsonForOtherPrograms) {
  EXPECT_EQ(findings_json({mixed[2]}),
            R"({"well":false,"findings":[{"state":"wrong","what":"listen","says":"127.0.0.1:80 is \"taken\"",)"
            R"("advice":"See who listens there."}]})"
            "\n");
}

TEST(DoctorTest, SaysSizesInTheLargestUnit) {
  EXPECT_EQ(size_in_words(0), "0 bytes");
  EXPECT_EQ(size_in_words(1'023), "1023 bytes");
  EXPECT_EQ(size_in_words(1'536), "1.5 KiB");
  EXPECT_EQ(size_in_words(20UL * 1024 * 1024 * 1024), "20 GiB");
}

}  // namespace
}  // namespace orbit::app
