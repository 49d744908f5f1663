#include "haul/server/api_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log_fixture.h"

namespace haul::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

class KeyRingTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    auto opened = KeyRing::open(*fixture.log, fixture.clock, fixture.rng);
    ASSERT_TRUE(opened) << opened.error().message;
    ring = *std::move(opened);
  }
  std::string create(std::string_view name, std::optional<Micros> lifetime = {}) {
    const auto created = ring->create(name, {"ingest:legs"}, lifetime);
    EXPECT_TRUE(created) << created.error().message;
    return created ? created->token : std::string();
  }
  bool opens(const std::string& token) { return std::holds_alternative<ApiKey>(ring->find(token)); }

  testing::LogFixture fixture;
  std::unique_ptr<KeyRing> ring;
};

TEST_F(KeyRingTest, OpensForTheTokenThatWasShownAndForNoOther) {
  const std::string token = create("acme");
  std::string wrong = token;
  wrong.back() = wrong.back() == '0' ? '1' : '0';

  EXPECT_TRUE(opens(token));
  EXPECT_FALSE(opens(wrong));
  EXPECT_FALSE(opens(token + "0"));
  EXPECT_FALSE(opens(""));
}

TEST_F(KeyRingTest, KeepsNoSecret) {
  const std::string token = create("acme");

  const std::string stored = fixture.bytes_below("/log");

  EXPECT_THAT(stored, HasSubstr("acme"));
  EXPECT_THAT(stored, Not(HasSubstr(token.substr(token.rfind('_') + 1))));
}

TEST_F(KeyRingTest, RemembersWhatWasDecidedAfterARestart) {
  const std::string kept = create("kept");
  const std::string revoked = create("revoked");
  ASSERT_TRUE(ring->revoke("revoked"));

  fixture.reopen();
  open();

  EXPECT_TRUE(opens(kept));
  EXPECT_FALSE(opens(revoked));
  EXPECT_TRUE(ring->is_used());
}

TEST_F(KeyRingTest, ClosesForAKeyWhenItsTimeIsOver) {
  const std::string token = create("acme", 1h);

  fixture.clock.advance(59min);
  EXPECT_TRUE(opens(token));
  fixture.clock.advance(1min);
  EXPECT_FALSE(opens(token));
}

TEST_F(KeyRingTest, GivesANameToOneValidKeyAtATime) {
  create("acme");

  const auto second = ring->create("acme", {"ingest:legs"}, {});
  ASSERT_TRUE(ring->revoke("acme"));

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(ring->create("acme", {"ingest:legs"}, {}));
}

TEST_F(KeyRingTest, RefusesNamesScopesAndLifetimesThatNoKeyMayHave) {
  for (const char* name : {"", "Acme", "a b", "anonymous", "admin", "a/b"}) {
    EXPECT_FALSE(ring->create(name, {"ingest:legs"}, {})) << name;
  }
  for (const char* scope : {"", "all", "ingest:", "ingest:a/b", "admin", "any"}) {
    EXPECT_FALSE(ring->create("acme", {scope}, {})) << scope;
  }
  EXPECT_FALSE(ring->create("acme", {}, {}));
  EXPECT_FALSE(ring->create("acme", {"ingest:legs"}, -1s));
  EXPECT_FALSE(ring->is_used());
}

TEST_F(KeyRingTest, LetsNobodyBeAnonymousOnceThereWasAKey) {
  KeyAuthenticator authenticator(*ring, true);
  const RequestHead head;
  EXPECT_TRUE(std::holds_alternative<Caller>(authenticator.authenticate(head, "ingest:legs")));

  create("acme");
  ASSERT_TRUE(ring->revoke("acme"));

  EXPECT_TRUE(std::holds_alternative<Response>(authenticator.authenticate(head, "ingest:legs")));
}

TEST_F(KeyRingTest, LetsNobodyBeAnonymousWhereOthersCanReachTheServer) {
  KeyAuthenticator authenticator(*ring, false);

  const auto caller = authenticator.authenticate({}, "ingest:legs");

  ASSERT_TRUE(std::holds_alternative<Response>(caller));
  EXPECT_EQ(std::get<Response>(caller).status, 401U);
}

TEST_F(KeyRingTest, GivesAKeyWhatItsScopesNameAndNothingElse) {
  KeyAuthenticator authenticator(*ring, true);
  RequestHead head;
  head.headers["authorization"] = "bearer " + create("acme");
  const auto status = [&](std::string_view scope) {
    const auto answer = authenticator.authenticate(head, scope);
    return std::holds_alternative<Caller>(answer) ? 200U : std::get<Response>(answer).status;
  };

  EXPECT_EQ(status("ingest:legs"), 200U);
  EXPECT_EQ(status("any"), 200U);
  EXPECT_EQ(status("ingest:weather"), 403U);
  EXPECT_EQ(status("metrics"), 403U);
  EXPECT_EQ(status("admin"), 403U);
}

TEST(Grants, TakesAStarForEverySourceOnly) {
  EXPECT_TRUE(grants({"ingest:*"}, "ingest:legs"));
  EXPECT_FALSE(grants({"ingest:*"}, "metrics"));
  EXPECT_FALSE(grants({"ingest:legs"}, "ingest:legs2"));
}

}  // namespace
}  // namespace haul::server
