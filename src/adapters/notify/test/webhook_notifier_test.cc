#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/adapters/notify/notifiers.h"
#include "receiver.h"
#include "sample.h"

namespace haul::adapters {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

/// Sends to receivers without waiting, and remembers the waits.
class Webhook : public ::testing::Test {
 protected:
  Result<void> send(const std::string& url, std::string authorization = {}, Micros timeout = 2s) {
    auto notifier =
        make_webhook_notifier({.url = url,
                               .authorization = std::move(authorization),
                               .timeout = timeout,
                               .attempts = 3,
                               .pause = [this](std::chrono::milliseconds time) { pauses_.push_back(time); }});
    if (!notifier) return fail(notifier.error());
    return (*notifier)->send(sample_notification());
  }

  std::vector<std::chrono::milliseconds> pauses_;
};

TEST_F(Webhook, PostsTheJsonWithTheKey) {
  const Receiver receiver({204});

  const auto sent = send(receiver.url(), "Bearer t0ken");

  ASSERT_TRUE(sent) << sent.error().message;
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_THAT(requests[0], StartsWith("POST /hook?token=secret HTTP/1.1\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nAuthorization: Bearer t0ken\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nIdempotency-Key: " + sample_notification().key() + "\r\n"));
  EXPECT_THAT(requests[0], EndsWith("\r\n\r\n" + to_json(sample_notification())));
}

TEST_F(Webhook, TriesAgainWithTheSameKeyAndLongerPauses) {
  const Receiver receiver({503, 0, 200});

  const auto sent = send(receiver.url());

  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_THAT(pauses_, ElementsAre(250ms, 500ms));
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0], requests[2]);
}

TEST_F(Webhook, GivesUpAfterItsAttemptsWithoutShowingTheAddress) {
  const Receiver receiver({500});

  const auto sent = send(receiver.url());

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), (Error{ErrorCode::kUnavailable, "127.0.0.1 answered 500"}));
  EXPECT_EQ(receiver.requests().size(), 3U);
}

TEST_F(Webhook, TakesARefusalForFinal) {
  const Receiver receiver({400});

  const auto sent = send(receiver.url());

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), (Error{ErrorCode::kInvalidInput, "127.0.0.1 answered 400"}));
  EXPECT_EQ(receiver.requests().size(), 1U);
}

TEST_F(Webhook, FollowsNoRedirect) {
  const Receiver receiver({302});

  const auto sent = send(receiver.url());

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), (Error{ErrorCode::kInvalidInput, "127.0.0.1 answered 302"}));
}

TEST_F(Webhook, IsUnavailableWhereNobodyListens) {
  const auto sent = send("http://127.0.0.1:1/hook?token=secret");

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(sent.error().message, ::testing::Not(HasSubstr("secret")));
  EXPECT_EQ(pauses_.size(), 2U);
}

TEST_F(Webhook, RefusesWhatIsNoAddressOrNoHeader) {
  for (const char* url : {"", "ftp://host/x", "https://"}) EXPECT_FALSE(send(url)) << url;
  EXPECT_FALSE(send("https://host/x", "Bearer a\r\nX: y"));
}

}  // namespace
}  // namespace haul::adapters
