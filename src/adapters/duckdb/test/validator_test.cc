// The row rules of a contract over columns, with the parser that runs them in earnest (ingest itself knows
// only the port).
#include "haul/ingest/validator.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "haul/adapters/duckdb/duckdb_sql_parser.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {
namespace {

using contract::Severity;

columnar::Schema schema() {
  return {.columns = {{.name = "id", .type = arrow::utf8(), .presence = columnar::Presence::kRequired},
                      {.name = "lat", .type = arrow::float64()},
                      {.name = "status", .type = arrow::utf8()},
                      {.name = "phone", .type = arrow::utf8(), .privacy = columnar::Privacy::kPersonal}}};
}

contract::RowRule rule(std::string id, std::string sql, std::vector<std::string> columns,
                       Severity severity = Severity::kError) {
  contract::RowRule result;
  result.id = std::move(id);
  result.sql = std::move(sql);
  result.columns = std::move(columns);
  result.severity = severity;
  result.place = {.file = "contracts/scans.odcs.yaml", .line = 7, .column = 3};
  return result;
}

const auto kRequired = rule("scans.id.required", "id IS NOT NULL", {"id"});
const auto kRange = rule("scans.lat.range", "lat BETWEEN -90 AND 90", {"lat"});
const auto kStatus = rule("scans.status.enum", "status IN ('OK', 'LATE')", {"status"});

Result<std::unique_ptr<Validator>> validator(std::vector<contract::RowRule> rules) {
  const auto parser = adapters::duckdb::make_duckdb_sql_parser();
  contract::Object object;
  object.name = "scans";
  object.schema = schema();
  object.row_rules = std::move(rules);
  return Validator::make(object, *parser);
}

DecodedBatch decoded(const std::vector<std::string>& rows) {
  std::string bytes;
  std::vector<std::int32_t> ends = {0};
  for (const std::string& row : rows) {
    bytes += row;
    ends.push_back(static_cast<std::int32_t>(bytes.size()));
  }
  const auto decoder = Decoder::make({}, schema(), {});
  EXPECT_TRUE(decoder);
  auto batch = (*decoder)->decode({ends, std::as_bytes(std::span(bytes))});
  EXPECT_TRUE(batch);
  return std::move(*batch);
}

std::string rejections(const ValidatedBatch& batch) {
  std::string text;
  for (const RejectedRow& row : batch.rejected) {
    text += std::to_string(row.row) + " " + row.rule + ": " + row.reason + "\n";
  }
  return text;
}

using Rows = std::vector<std::uint32_t>;

TEST(Validator, PartsGoodRowsFromThoseThatBreakARule) {
  const auto checks = validator({kRequired, kRange, kStatus});
  ASSERT_TRUE(checks) << checks.error().message;

  const auto batch =
      (*checks)->validate(decoded({R"({"id":"a","lat":1,"status":"OK"})", R"({"id":"b","lat":95})", "no JSON",
                                   R"({"lat":-91,"status":"LOST"})", R"({"id":"e","status":"LATE"})"}));

  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_EQ(batch->row_of, (Rows{0, 4}));
  ASSERT_EQ(batch->rows->num_rows(), 2);
  EXPECT_EQ(batch->rows->GetColumnByName("id")->GetScalar(1).ValueOrDie()->ToString(), "e");
  EXPECT_EQ(rejections(*batch),
            "1 scans.lat.range: breaks `lat BETWEEN -90 AND 90`: `lat` is `95`\n"
            "3 scans.id.required: breaks `id IS NOT NULL`: `id` is null\n"
            "3 scans.lat.range: breaks `lat BETWEEN -90 AND 90`: `lat` is `-91`\n"
            "3 scans.status.enum: breaks `status IN ('OK', 'LATE')`: `status` is `LOST`\n");
  EXPECT_FALSE(batch->blocked);
}

TEST(Validator, LetsNullPassARuleThatDoesNotForbidIt) {
  const auto checks = validator({kRange, kStatus});
  ASSERT_TRUE(checks);

  const auto batch = (*checks)->validate(decoded({R"({"id":"a"})"}));

  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->row_of, (Rows{0}));
}

TEST(Validator, OnlyCountsWhereTheRuleIsAWarning) {
  auto warning = kRange;
  warning.severity = Severity::kWarning;
  const auto checks = validator({warning});
  ASSERT_TRUE(checks);

  const auto batch = (*checks)->validate(decoded({R"({"id":"a","lat":95})", R"({"id":"b","lat":5})"}));

  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->row_of, (Rows{0, 1}));
  EXPECT_TRUE(batch->rejected.empty());
  EXPECT_EQ((*checks)->counts().at("scans.lat.range").failed, 1U);
}

TEST(Validator, FindsWhatItRejectsAndTheFirstRowsOfAWarningWithoutTakingRowsOut) {
  auto warning = kRange;
  warning.severity = Severity::kWarning;
  const auto checks = validator({kStatus, warning});
  ASSERT_TRUE(checks);
  std::vector<std::string> rows{R"({"id":"a","status":"LOST","lat":95})"};
  rows.insert(rows.end(), kNotedMax, R"({"id":"b","lat":95})");
  const DecodedBatch batch = decoded(rows);

  const auto found = (*checks)->find(batch);

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(batch.rows->num_rows(), static_cast<std::int64_t>(rows.size()));
  ASSERT_EQ(found->rejected.size(), 1U);
  EXPECT_EQ(found->rejected[0].rule, kStatus.id);
  ASSERT_EQ(found->noted.size(), kNotedMax);
  EXPECT_EQ(found->noted[0].row, 0U);
  EXPECT_EQ(found->noted[0].reason, "breaks `lat BETWEEN -90 AND 90`: `lat` is `95`");
  EXPECT_FALSE(found->blocked);
  EXPECT_EQ((*checks)->counts().at(kRange.id).failed, rows.size());
}

TEST(Validator, BlocksTheBatchWhereABlockingRuleFails) {
  auto blocking = kRange;
  blocking.severity = Severity::kBlock;
  const auto checks = validator({blocking});
  ASSERT_TRUE(checks);

  const auto fine = (*checks)->validate(decoded({R"({"id":"a","lat":5})"}));
  const auto bad = (*checks)->validate(decoded({R"({"id":"a","lat":5})", R"({"id":"b","lat":95})"}));

  ASSERT_TRUE(fine && bad);
  EXPECT_FALSE(fine->blocked);
  EXPECT_TRUE(bad->blocked);
  EXPECT_EQ(bad->row_of, (Rows{0}));
}

TEST(Validator, HidesPersonalValuesInItsReasons) {
  const auto checks = validator({rule("scans.phone.length", "length(phone) >= 5", {"phone"})});
  ASSERT_TRUE(checks) << checks.error().message;

  const auto batch = (*checks)->validate(decoded({R"({"id":"a","phone":"0123"})"}));

  ASSERT_TRUE(batch);
  EXPECT_EQ(rejections(*batch), "0 scans.phone.length: breaks `length(phone) >= 5`: `phone` is not shown\n");
}

TEST(Validator, RejectsTheRowWhereARuleCannotBeComputed) {
  const auto checks = validator({rule("scans.status.number", "CAST(status AS INTEGER) > 0", {"status"})});
  ASSERT_TRUE(checks) << checks.error().message;

  const auto batch =
      (*checks)->validate(decoded({R"({"id":"a","status":"5"})", R"({"id":"b","status":"five"})"}));

  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->row_of, (Rows{0}));
  EXPECT_EQ(rejections(*batch),
            "1 scans.status.number: cannot be computed: `CAST(status AS INTEGER) > 0`: `status` is `five`\n");
}

TEST(Validator, CountsOverAllBatches) {
  const auto checks = validator({kRequired, kRange});
  ASSERT_TRUE(checks);
  EXPECT_EQ((*checks)->counts().at("scans.id.required").checked, 0U);

  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE((*checks)->validate(decoded({R"({"id":"a","lat":95})", R"({"id":"b","lat":5})"})));
  }

  EXPECT_EQ((*checks)->counts().at("scans.lat.range").checked, 6U);
  EXPECT_EQ((*checks)->counts().at("scans.lat.range").failed, 3U);
  EXPECT_EQ((*checks)->counts().at("scans.id.required").failed, 0U);
}

TEST(Validator, RefusesARuleItCannotRunAndNamesItsPlace) {
  for (const auto* sql : {"latt > 5", "lat +", "count(*) > 1", "lat + 1"}) {
    const auto checks = validator({rule("scans.bad", sql, {})});

    ASSERT_FALSE(checks) << sql;
    EXPECT_EQ(checks.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(checks.error().message.starts_with("contracts/scans.odcs.yaml:7:3: rule `scans.bad`"))
        << checks.error().message;
  }
}

TEST(Validator, PassesRowsOnWhereThereIsNoRule) {
  const auto checks = validator({});
  ASSERT_TRUE(checks);

  const auto batch = (*checks)->validate(decoded({"{}", R"({"id":"b"})"}));

  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->row_of, (Rows{0, 1}));
}

}  // namespace
}  // namespace haul::ingest
