#include "haul/alert/notifier.h"

#include <gtest/gtest.h>

namespace haul::alert {
namespace {

Result<std::vector<NotifierSpec>> parse(std::string_view yaml) {
  const auto node = YamlNode::parse(yaml, "haul.yaml");
  EXPECT_TRUE(node) << node.error().message;
  return parse_notifiers(*node);
}

std::string problem(std::string_view yaml) {
  const auto specs = parse(yaml);
  return specs ? "none" : specs.error().message;
}

TEST(Notifiers, AreReadWithTheirDefaults) {
  const auto specs = parse(
      "ops: {kind: webhook, url: env:OPS_HOOK, authorization: file:token, severity: error, timeout: 2s, "
      "attempts: 5}\n"
      "book: {kind: file, path: ./alerts.jsonl}\n");

  ASSERT_TRUE(specs) << specs.error().message;
  ASSERT_EQ(specs->size(), 2U);
  const NotifierSpec& ops = specs->front();
  EXPECT_EQ(ops.kind, NotifierSpec::Kind::kWebhook);
  EXPECT_EQ(ops.url, "env:OPS_HOOK");
  EXPECT_EQ(ops.authorization, "file:token");
  EXPECT_EQ(ops.from, Severity::kError);
  EXPECT_EQ(ops.timeout, std::chrono::seconds{2});
  EXPECT_EQ(ops.attempts, 5U);
  EXPECT_EQ(specs->back().path, "./alerts.jsonl");
  EXPECT_EQ(specs->back().from, Severity::kInfo);
}

TEST(Notifiers, AreRefusedWithThePlaceAndTheCorrection) {
  EXPECT_EQ(problem("ops: {kind: mail}"), "haul.yaml:1:13: `kind` cannot be \"mail\"; write webhook or file");
  EXPECT_EQ(problem("ops: {kind: webhook, url: ftp://x}"),
            "haul.yaml:1:27: needs an address such as https://host/path, or where it is kept: env:OPS_HOOK");
  EXPECT_EQ(problem("ops: {kind: webhook, url: env:X, authorization: 'Bearer abc'}"),
            "haul.yaml:1:49: a secret stands outside the project: write env:NAME or file:PATH");
  EXPECT_EQ(problem("ops: {kind: webhook, url: env:X, timeout: 2h}"),
            "haul.yaml:1:43: needs a time of at most a minute, such as 5s");
  EXPECT_EQ(problem("ops: {kind: webhook, url: env:X, attempts: 0}"),
            "haul.yaml:1:44: needs a number from 1 to 10");
  EXPECT_EQ(problem("ops: {kind: file, path: x, severity: eror}"),
            "haul.yaml:1:38: \"eror\" is no severity; did you mean error?");
  EXPECT_EQ(problem("Ops!: {kind: file, path: x}"),
            "haul.yaml:1:1: a notifier's name has small letters, digits and _ only: \"Ops!\"");
  EXPECT_EQ(problem("[a]"),
            "haul.yaml:1:1: `notifiers` needs names with their settings, such as ops: {kind: file, path: "
            "./alerts.jsonl}");
}

TEST(Notification, IsOneJsonObjectOnOneLine) {
  const Notification notification{.id = "1f",
                                  .state = State::kResolved,
                                  .alert = {.kind = "late_file",
                                            .subject = "source scans",
                                            .occasion = "2026-01-02",
                                            .message = "came\nat last",
                                            .event_time = EventTime(Micros(0)),
                                            .labels = {{"source", "scans"}, {"hours", "3"}}},
                                  .at = IngestTime(Micros(1'000'000))};

  EXPECT_EQ(to_json(notification),
            R"({"id": "1f", "key": "1f-resolved", "state": "resolved", "kind": "late_file", )"
            R"("severity": "warning", "subject": "source scans", "message": "came\u000aat last", )"
            R"("at": "1970-01-01T00:00:01Z", "event_time": "1970-01-01T00:00:00Z", )"
            R"("labels": {"hours": "3", "source": "scans"}})");
}

}  // namespace
}  // namespace haul::alert
