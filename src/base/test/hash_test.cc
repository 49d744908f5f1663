#include "haul/base/hash.h"

#include <gtest/gtest.h>

#include "haul/base/file_system.h"

namespace haul {
namespace {

TEST(Crc32c, MatchesTheVectorsOfRfc3720) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(as_bytes(std::string(32, '\0'))), 0x8A9136AAU);
  EXPECT_EQ(crc32c(as_bytes(std::string(32, '\xFF'))), 0x62A8AB43U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, GoesOnWhereItStopped) {
  EXPECT_EQ(extend_crc32c(crc32c(as_bytes("1234")), as_bytes("56789")), 0xE3069283U);
}

TEST(Sha256, MatchesTheVectorsOfFips180) {
  Sha256 abc;
  abc.update(as_bytes("ab"));
  abc.update(as_bytes("c"));

  EXPECT_EQ(abc.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256().finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash64, NeverChanges) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2ULL);
  EXPECT_EQ(hash64("N14228"), hash64(std::string("N14") + "228"));
  EXPECT_NE(hash128("a"), hash128("b"));
}

}  // namespace
}  // namespace haul
