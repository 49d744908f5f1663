#include "haul/stream/flow_config.h"

#include <gtest/gtest.h>

namespace haul::stream {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

TEST(ParseFlow, ReadsEveryClause) {
  const auto flow = parse_flow(
      "flow: flights\nsource: legs\nkey: [carrier, flight]\nevent_time: time_hour\n"
      "dedupe: {by: [carrier, flight]}\ncommit: {every: 500ms, bytes: 8MB}\n",
      "flows/legs.yaml");

  ASSERT_TRUE(flow) << flow.error().message;
  EXPECT_EQ(flow->flow, "flights");
  EXPECT_EQ(flow->source, "legs");
  EXPECT_EQ(flow->key.size(), 2U);
  EXPECT_EQ(flow->dedupe_by, (std::vector<std::string>{"carrier", "flight"}));
  EXPECT_EQ(flow->commit_every, 500ms);
  EXPECT_EQ(flow->commit_bytes, 8'000'000U);
}

TEST(ParseFlow, RefusesClausesThatItDoesNotRun) {
  const auto flow =
      parse_flow("flow: a\nsource: b\nkey: c\nevent_time: t\ntrack: {stops: {radius_m: 200}}\n", "f.yaml");

  ASSERT_FALSE(flow);
  EXPECT_NE(flow.error().message.find("f.yaml:5:"), std::string::npos) << flow.error().message;
  EXPECT_NE(flow.error().message.find("`track`"), std::string::npos) << flow.error().message;
}

TEST(ParseFlow, RefusesADeduplicationWindow) {
  const auto flow =
      parse_flow("flow: a\nsource: b\nkey: c\nevent_time: t\ndedupe: {by: id, within: 1h}\n", "f.yaml");

  ASSERT_FALSE(flow);
  EXPECT_NE(flow.error().message.find("within"), std::string::npos);
}

TEST(ParseFlow, RefusesAKeyItDoesNotKnowWithASuggestion) {
  const auto flow = parse_flow("flow: a\nsourc: b\nkey: c\nevent_time: t\n", "f.yaml");

  ASSERT_FALSE(flow);
  EXPECT_NE(flow.error().message.find("source"), std::string::npos) << flow.error().message;
}

}  // namespace
}  // namespace haul::stream
