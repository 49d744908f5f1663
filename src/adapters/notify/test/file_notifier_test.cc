#include <gtest/gtest.h>

#include "haul/adapters/notify/notifiers.h"
#include "haul/base/rng.h"
#include "haul/base/testing/fake_file_system.h"
#include "sample.h"

namespace haul::adapters {
namespace {

const std::string kLine = to_json(sample_notification()) + "\n";

TEST(FileNotifier, HasSyncedWhatItTook) {
  testing::FakeFileSystem files;
  ASSERT_TRUE(files.create_directories("/p"));
  const auto notifier = make_file_notifier(files, "/p/alerts.jsonl");

  ASSERT_TRUE(notifier->send(sample_notification()));
  SeededRng rng(1);
  files.cut_power(testing::FakeFileSystem::Loss::kEverything, rng);

  EXPECT_EQ(read_file(files, "/p/alerts.jsonl"), kLine);
}

TEST(FileNotifier, StartsOnALineOfItsOwnAfterACutOne) {
  testing::FakeFileSystem files;
  ASSERT_TRUE(files.create_directories("/p"));
  ASSERT_TRUE(write_file_atomically(files, "/p/alerts.jsonl", "{\"id\": \"cu"));
  const auto notifier = make_file_notifier(files, "/p/alerts.jsonl");

  ASSERT_TRUE(notifier->send(sample_notification()));

  EXPECT_EQ(read_file(files, "/p/alerts.jsonl"), "{\"id\": \"cu\n" + kLine);
}

TEST(FileNotifier, IsUnavailableWhereItsFolderIsMissing) {
  testing::FakeFileSystem files;
  const auto notifier = make_file_notifier(files, "/p/alerts.jsonl");

  const auto sent = notifier->send(sample_notification());

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace haul::adapters
