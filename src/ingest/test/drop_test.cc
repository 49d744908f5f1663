#include "haul/ingest/drop.h"

#include <gtest/gtest.h>

#include "haul/ingest/source.h"

namespace haul::ingest {
namespace {

using std::chrono::April;
using std::chrono::January;

BusinessDate day(int year, unsigned month, unsigned day_of_month) {
  return BusinessDate{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day_of_month}};
}

/// "date/sequence" of what a name says, "-" for a part that is not there, "no" where it does not match.
std::string read_name(std::string_view pattern, std::string_view name) {
  const auto parsed = NamePattern::parse(pattern);
  EXPECT_TRUE(parsed) << parsed.error().message;
  const auto found = parsed->match(name);
  if (!found) return "no";
  return (found->date ? to_string(*found->date) : "-") + "/" +
         (found->sequence ? std::to_string(*found->sequence) : "-");
}

TEST(NamePattern, ReadsDateAndSequence) {
  EXPECT_EQ(read_name("scans_{date}_{sequence}.csv", "scans_20130131_2.csv"), "2013-01-31/2");
  EXPECT_EQ(read_name("scans_{date}_{sequence}.csv", "scans_2013-01-31_002.csv"), "2013-01-31/2");
  EXPECT_EQ(read_name("{date}{sequence}*", "201301317.csv.gz"), "2013-01-31/7");
  EXPECT_EQ(read_name("*-{date}.csv", "acme-x-20130131.csv"), "2013-01-31/-");
  EXPECT_EQ(read_name("*", "anything"), "-/-");
}

TEST(NamePattern, RefusesOtherNames) {
  EXPECT_EQ(read_name("scans_{date}.csv", "scans_20130231.csv"), "no") << "no such day";
  EXPECT_EQ(read_name("scans_{date}.csv", "scans_20130131.csv.bak"), "no");
  EXPECT_EQ(read_name("scans_{date}.csv", "SCANS_20130131.csv"), "no");
  EXPECT_EQ(read_name("s{sequence}", "s"), "no");
  EXPECT_EQ(read_name("s{sequence}", "s1234567890123456789"), "no") << "more digits than a number holds";
}

TEST(NamePattern, RefusesPatternsThatSayNothingClear) {
  EXPECT_FALSE(NamePattern::parse(""));
  EXPECT_FALSE(NamePattern::parse("a/{date}"));
  EXPECT_FALSE(NamePattern::parse("{date}{date}"));
  EXPECT_FALSE(NamePattern::parse("{day}"));
  EXPECT_FALSE(NamePattern::parse("x{date"));
}

TEST(Manifest, ReadsWhatIsToBeChecked) {
  const auto manifest = parse_manifest(R"({"file":"a.csv","bytes":12,"rows":3})", "a.csv");

  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->bytes, 12U);
  EXPECT_EQ(manifest->rows, 3U);
  EXPECT_FALSE(manifest->sha256);
}

TEST(Manifest, RefusesWhatItCannotCheck) {
  for (const std::string_view json :
       {"", "[]", "{}", R"({"file":"a.csv"})", R"({"file":"b.csv","rows":1})", R"({"rows":"3"})",
        R"({"rows":-1})", R"({"sha256":"AB"})", R"({"bytes":1,"lines":2})"}) {
    const auto manifest = parse_manifest(json, "a.csv");

    ASSERT_FALSE(manifest) << json;
    EXPECT_EQ(manifest.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(manifest.error().message.starts_with("a.csv.manifest.json: ")) << manifest.error().message;
  }
}

Result<Source> drop_source(const std::string& keys, std::string_view deliver = "table") {
  return parse_source("source: scans\ncontract: scans\ndeliver: " + std::string(deliver) +
                          (deliver == "topic" ? "\nkey: [id]" : "") + "\nfrom:\n  kind: drop\n  path: in\n" +
                          keys,
                      "sources/scans.yaml");
}

TEST(Drop, ReadsItsKeys) {
  const auto source = drop_source(
      "  format: csv\n  name: 's_{date}_{sequence}.csv'\n  ready: manifest\n  quiet: 30s\n  expect:\n"
      "    {since: 2026-01-05, days: [mon, tue], by: '06:30', days_after: 1, timezone: Europe/Berlin, "
      "missing_after: "
      "12h}\n");

  ASSERT_TRUE(source) << source.error().message;
  ASSERT_TRUE(source->drop);
  EXPECT_EQ(source->drop->folder, "in");
  EXPECT_EQ(source->drop->ready, Readiness::kManifest);
  EXPECT_EQ(source->drop->quiet, std::chrono::seconds{30});
  EXPECT_TRUE(source->drop->corrects);
  EXPECT_EQ(source->drop->expect->since, day(2026, 1, 5));
  EXPECT_EQ(source->drop->expect->weekdays.size(), 2U);
  EXPECT_EQ(source->drop->expect->missing_after, std::chrono::hours{12});
}

TEST(Drop, CorrectsOnlyTables) {
  EXPECT_FALSE(drop_source("  name: '{date}.csv'\n", "topic")->drop->corrects);
  EXPECT_FALSE(drop_source("  name: '{date}_{sequence}.csv'\n", "topic"));
  EXPECT_FALSE(drop_source("  name: '{sequence}.csv'\n"));
}

TEST(Drop, NamesWhatIsWrong) {
  const auto message = [](const std::string& keys) {
    const auto source = drop_source(keys);
    return source ? std::string() : source.error().message;
  };

  EXPECT_EQ(message("  ready: soon\n"),
            "sources/scans.yaml:7:10: `ready` cannot be \"soon\"; write one of: rename, manifest");
  EXPECT_NE(message("  expect: {since: 2026-01-05, by: '06:00'}\n").find("needs `name` with {date}"),
            std::string::npos);
  const std::string name = "  name: '{date}.csv'\n  expect: ";
  EXPECT_NE(message(name + "{since: 2026-02-30, by: '06:00'}\n").find("needs a date"), std::string::npos);
  EXPECT_NE(message(name + "{since: 2026-01-05, by: '24:00'}\n").find("time of day"), std::string::npos);
  EXPECT_NE(message(name + "{since: 2026-01-05, by: '06:00', timezone: Mars/Base}\n").find("Mars/Base"),
            std::string::npos);
  EXPECT_NE(message(name + "{since: 2026-01-05, by: '06:00', days: [sunday]}\n").find("sunday"),
            std::string::npos);
}

TEST(DeliveryCalendar, SaysWhenAFileIsDueInThePartnersTime) {
  const auto source = drop_source(
      "  name: '{date}.csv'\n  expect: {since: 2026-03-01, by: '02:30', timezone: Europe/Berlin}\n");
  const DeliveryCalendar& calendar = *source->drop->expect;

  EXPECT_EQ(format_utc(calendar.due(day(2026, 3, 28))), "2026-03-28T01:30:00Z");
  EXPECT_EQ(format_utc(calendar.due(day(2026, 3, 29))), "2026-03-29T01:00:00Z")
      << "02:30 is skipped that day";
  EXPECT_EQ(format_utc(calendar.due(day(2026, 3, 30))), "2026-03-30T00:30:00Z");
  EXPECT_EQ(format_utc(calendar.due(day(2026, 10, 25))), "2026-10-25T00:30:00Z") << "02:30 comes twice";
}

TEST(DeliveryCalendar, ListsTheDatesThatWereDue) {
  const auto source = drop_source(
      "  name: '{date}.csv'\n  expect: {since: 2026-01-01, by: '06:00', days: [mon, fri], days_after: 1}\n");
  const DeliveryCalendar& calendar = *source->drop->expect;
  const auto at = [](std::string_view time) { return IngestTime{*parse_utc(time)}; };

  EXPECT_TRUE(calendar.due_dates(at("2026-01-03T05:59:59Z")).empty());
  EXPECT_EQ(calendar.due_dates(at("2026-01-03T06:00:00Z")), std::vector{day(2026, 1, 2)});
  EXPECT_EQ(calendar.due_dates(at("2026-01-06T06:00:00Z")), (std::vector{day(2026, 1, 2), day(2026, 1, 5)}));
}

}  // namespace
}  // namespace haul::ingest
