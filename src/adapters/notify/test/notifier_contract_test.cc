// What every Notifier keeps, over the real ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "haul/adapters/notify/notifiers.h"
#include "haul/adapters/posix/posix.h"
#include "receiver.h"
#include "sample.h"
#include "test_folder.h"

namespace haul::adapters {
namespace {

/// A file, read back line by line.
class FileUnderTest {
 public:
  std::unique_ptr<alert::Notifier> open() {
    return make_file_notifier(*files_, folder_.path / "alerts.jsonl");
  }
  std::unique_ptr<alert::Notifier> open_out_of_reach() {
    return make_file_notifier(*files_, folder_.path / "missing" / "alerts.jsonl");
  }
  std::vector<std::string> received() const {
    std::ifstream file(folder_.path / "alerts.jsonl");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  TestFolder folder_;
  std::unique_ptr<FileSystem> files_ = make_posix_file_system();
};

/// A webhook, the bodies it got.
class WebhookUnderTest {
 public:
  std::unique_ptr<alert::Notifier> open() {
    return std::move(*make_webhook_notifier({.url = receiver_.url(), .pause = [](auto) {}}));
  }
  std::unique_ptr<alert::Notifier> open_out_of_reach() {
    return std::move(
        *make_webhook_notifier({.url = "http://127.0.0.1:1/", .attempts = 1, .pause = [](auto) {}}));
  }
  std::vector<std::string> received() const {
    std::vector<std::string> bodies;
    for (const std::string& request : receiver_.requests()) {
      bodies.push_back(request.substr(request.find("\r\n\r\n") + 4));
    }
    return bodies;
  }

 private:
  Receiver receiver_{{200}};
};

template <class Subject>
class NotifierContract : public ::testing::Test {
 protected:
  Subject subject_;
};
using Subjects = ::testing::Types<FileUnderTest, WebhookUnderTest>;
TYPED_TEST_SUITE(NotifierContract, Subjects);

TYPED_TEST(NotifierContract, GivesTheReceiverEachNotificationAsItsJson) {
  const auto notifier = this->subject_.open();

  ASSERT_TRUE(notifier->send(sample_notification("one")));
  ASSERT_TRUE(notifier->send(sample_notification("two")));

  EXPECT_THAT(this->subject_.received(), ::testing::ElementsAre(to_json(sample_notification("one")),
                                                                to_json(sample_notification("two"))));
}

TYPED_TEST(NotifierContract, SendsARepeatAsItIs) {
  const auto notifier = this->subject_.open();

  ASSERT_TRUE(notifier->send(sample_notification()));
  ASSERT_TRUE(notifier->send(sample_notification()));

  const auto received = this->subject_.received();
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[0], received[1]);
}

TYPED_TEST(NotifierContract, IsUnavailableWhereTheReceiverIsOutOfReach) {
  const auto notifier = this->subject_.open_out_of_reach();

  const auto sent = notifier->send(sample_notification());

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace haul::adapters
