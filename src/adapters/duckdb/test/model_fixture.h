#pragma once

#include <arrow/api.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "haul/adapters/delta/delta_table_logs.h"
#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/posix/posix.h"
#include "haul/batch/run.h"
#include "parquet_folder.h"

namespace haul::adapters::duckdb {

inline constexpr const char* kDaily = R"(MODEL (
  name gold.daily, kind INCREMENTAL_BY_TIME_RANGE (time_column day), grain (day, site), audits (counts_are_positive)
);
SELECT CAST(ts AS DATE) AS day, site, count(*) AS readings, CAST(sum(amount) AS BIGINT) AS amount
FROM silver.readings GROUP BY ALL;
)";
inline constexpr const char* kCountsArePositive =
    "AUDIT (name counts_are_positive); SELECT day FROM gold.daily WHERE amount < 0;";

/// A rule whose query must give 0.
inline contract::SetRule rule(std::string id, std::string sql,
                              contract::Severity severity = contract::Severity::kWarning) {
  contract::SetRule out;
  out.id = std::move(id);
  out.sql = std::move(sql);
  out.severity = severity;
  return out;
}

/// Writes the rows of a query into one staged file.
class StageRows final : public query::ResultConsumer {
 public:
  explicit StageRows(lake::StagedWriter& writer) : writer_(writer) {}
  Result<void> begin(const std::shared_ptr<arrow::Schema>& /*schema*/) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    return writer_.write(*rows);
  }

 private:
  lake::StagedWriter& writer_;
};

class ModelFixture : public testing::Test {
 protected:
  /// Appends the rows of `select` to a table as one file.
  void append(const std::string& dataset, const std::string& select) {
    const query::QueryRequest request{.sql = select, .scans = {}};
    lake::TableSpec spec;
    spec.schema = engine_->describe(request).value();
    auto table = lake::Table::open_or_create(lake_, folder(dataset), spec).value();
    auto writer = table->stage().value();
    StageRows rows(*writer);
    ASSERT_TRUE(engine_->run(request, rows));
    lake::CommitRequest commit;
    commit.adds.push_back(writer->finish().value());
    ASSERT_TRUE(table->commit(std::move(commit)));
  }

  /// Readings at these UTC times, "2013-01-01 10:00 EWR 5, ...".
  void append_readings(const std::vector<std::string>& rows) {
    std::string select;
    for (const std::string& row : rows) {
      select += fmt::format("{}SELECT TIMESTAMPTZ '{}:00+00' AS ts, '{}' AS site, {} AS amount",
                            select.empty() ? "" : " UNION ALL ", row.substr(0, 16), row.substr(17, 3),
                            row.substr(21));
    }
    append("silver.readings", select);
  }

  Path folder(const std::string& dataset) const {
    const auto [layer, name] = batch::split_name(dataset);
    return folder_.path() / layer / name;
  }

  batch::Graph graph(const std::vector<std::string>& models, const std::vector<std::string>& audits) {
    auto graph = try_graph(models, audits);
    if (!graph) throw std::runtime_error(graph.error().message);
    return *std::move(graph);
  }

  Result<batch::Graph> try_graph(const std::vector<std::string>& models,
                                 const std::vector<std::string>& audits) {
    batch::Definitions definitions;
    for (const std::string& text : models)
      definitions.models.push_back(batch::parse_model(text, "m.sql").value());
    for (const std::string& text : audits)
      definitions.audits.push_back(batch::parse_audit(text, "a.sql").value());
    const columnar::Schema readings{{{.name = "ts", .type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                     {.name = "site", .type = arrow::utf8()},
                                     {.name = "amount", .type = arrow::int32()}}};
    const columnar::Schema sites{
        {{.name = "site", .type = arrow::utf8()}, {.name = "name", .type = arrow::utf8()}}};
    return batch::Graph::build(*engine_, std::move(definitions),
                               {{"silver.readings", readings, "ts", rules_}, {"silver.sites", sites, ""}});
  }

  batch::ModelRun run(const batch::Graph& graph, const batch::RunRequest& request = {}) {
    const batch::RunContext context{lake_, *engine_, folder_.path(), {}, {}};
    auto report = batch::run(context, graph, request);
    EXPECT_TRUE(report) << report.error().message;
    return report ? report->models.back() : batch::ModelRun();
  }

  /// The rows of a published dataset, ordered, "a|b" each.
  std::vector<std::string> rows(const std::string& dataset) {
    auto table = lake::Table::open(lake_, folder(dataset)).value();
    const auto snapshot = table->snapshot().value();
    const auto [layer, name] = batch::split_name(dataset);
    query::Scan scan{.schema = layer, .name = name, .columns = snapshot.schema};
    for (const auto& file : snapshot.files) scan.files.push_back({.path = folder(dataset) / file.path});
    const auto result =
        query::run_to_table(*engine_, {.sql = "SELECT * FROM " + dataset + " ORDER BY ALL", .scans = {scan}})
            .value();
    std::vector<std::string> out(static_cast<std::size_t>(result->num_rows()));
    for (const auto& column : result->columns()) {
      for (std::size_t row = 0; row < out.size(); ++row) {
        const auto value = column->GetScalar(static_cast<std::int64_t>(row)).ValueOrDie();
        out[row] += (out[row].empty() ? "" : "|") + value->ToString();
      }
    }
    return out;
  }

  lake::Version version(const std::string& dataset) {
    return lake::Table::open(lake_, folder(dataset)).value()->snapshot().value().version;
  }

  std::vector<contract::SetRule> rules_;
  ParquetFolder folder_;
  std::unique_ptr<FileSystem> files_ = make_posix_file_system();
  std::unique_ptr<Clock> clock_ = make_system_clock();
  std::unique_ptr<Rng> rng_ = make_system_rng();
  std::unique_ptr<lake::TableLogs> logs_ = make_delta_table_logs(*rng_);
  lake::LakeContext lake_{*files_, *logs_, *clock_, *rng_};
  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
};

}  // namespace haul::adapters::duckdb
