#include "haul/governance/profile_table.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "haul/base/hash.h"
#include "haul/base/sql_words.h"
#include "haul/query/catalog.h"
#include "row_builder.h"
#include "system_tables.h"

namespace haul::governance {
namespace {

/// What a profile is of: the file, and which of its rows were deleted.
std::string identity_of(const lake::DataFile& file) {
  if (file.deleted_rows.empty()) return file.path;
  std::string rows;
  for (const std::uint64_t row : file.deleted_rows) rows += fmt::format("{},", row);
  return fmt::format("{}#{:016x}", file.path, hash64(rows));
}

/// Profiles what a query gives.
class ProfileConsumer final : public query::ResultConsumer {
 public:
  explicit ProfileConsumer(Profile& profile) : profile_(profile) {}
  Result<void> begin(const std::shared_ptr<arrow::Schema>&) override { return {}; }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override { return profile_.add(*rows); }

 private:
  Profile& profile_;
};

void add_row(RowBuilder& rows, const std::string& dataset, const std::string& file,
             const columnar::Column& column, const ColumnProfile& profile, lake::Version version,
             IngestTime at) {
  const ColumnSummary summary = profile.summary();
  rows.text(dataset).text(file).text(column.name).text(column.type->ToString());
  rows.integer(static_cast<std::int64_t>(summary.rows)).integer(static_cast<std::int64_t>(summary.nulls));
  rows.integer(static_cast<std::int64_t>(summary.not_finite));
  rows.integer(summary.distinct ? std::optional(static_cast<std::int64_t>(*summary.distinct)) : std::nullopt);
  rows.text(summary.min).text(summary.max).number(summary.mean);
  for (std::size_t i = 0; i < std::size(kQuantiles); ++i) {
    rows.number(summary.quantiles.empty() ? std::nullopt : std::optional(summary.quantiles[i]));
  }
  rows.bytes(profile.encode()).integer(version).time(at);
}

/// The files of a dataset that system.profiles has.
Result<std::set<std::string>> profiled_files(const GovernanceContext& context, const std::string& dataset) {
  HAUL_TRY(table, query_datasets(context,
                                 fmt::format("SELECT DISTINCT file FROM system.profiles WHERE dataset = {}",
                                             quoted_text(dataset)),
                                 {"system.profiles"}));
  std::set<std::string> files;
  for (std::int64_t row = 0; table != nullptr && row < table->num_rows(); ++row) {
    files.insert(text_at(*table, 0, row));
  }
  return files;
}

}  // namespace

columnar::Schema profile_schema() {
  using columnar::Presence;
  const auto text = arrow::utf8();
  const auto integer = arrow::int64();
  const auto number = arrow::float64();
  return {{{"dataset", text, Presence::kRequired},
           {"file", text, Presence::kRequired},
           {"column_name", text, Presence::kRequired},
           {"type", text, Presence::kRequired},
           {"rows", integer, Presence::kRequired},
           {"nulls", integer, Presence::kRequired},
           {"not_finite", integer, Presence::kRequired},
           {"distinct_values", integer},
           {"min", text},
           {"max", text},
           {"mean", number},
           {"p05", number},
           {"p25", number},
           {"p50", number},
           {"p75", number},
           {"p95", number},
           {"sketch", arrow::binary(), Presence::kRequired},
           {"version", integer, Presence::kRequired},
           {"profiled_at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), Presence::kRequired}}};
}

Result<std::size_t> profile_new_files(const GovernanceContext& context, const std::string& dataset) {
  HAUL_TRY(snapshot, context.catalog.snapshot(dataset, {}));
  HAUL_TRY(known, profiled_files(context, dataset));
  const std::string app_id = "profile/" + dataset;
  HAUL_TRY(stored, reached(context, "profiles", app_id));
  const auto dot = dataset.find('.');
  const IngestTime at = context.lake.clock.now();
  RowBuilder rows(profile_schema());
  std::size_t read = 0;
  for (const lake::DataFile& file : snapshot.files) {
    const std::string identity = identity_of(file);
    if (known.contains(identity)) continue;
    const Path path = context.catalog.folder_of(dataset) / file.path;
    HAUL_TRY_VOID(lake::verify_data_file(context.lake.files, path));
    query::QueryRequest request;
    request.sql = "SELECT * FROM " + dataset;
    request.scans.push_back({.schema = dataset.substr(0, dot),
                             .name = dataset.substr(dot + 1),
                             .columns = snapshot.schema,
                             .files = {{path, file.deleted_rows, file.partition_values}}});
    Profile profile(snapshot.schema);
    ProfileConsumer consumer(profile);
    const auto done = context.engine.run(request, consumer);
    if (!done) return fail(with_context(done.error(), path.string()));
    for (std::size_t i = 0; i < snapshot.schema.columns.size(); ++i) {
      add_row(rows, dataset, identity, snapshot.schema.columns[i], profile.columns()[i], snapshot.version,
              at);
    }
    ++read;
  }
  if (read == 0) return read;
  HAUL_TRY(batch, rows.finish());
  HAUL_TRY(added, append_rows(context, "profiles", profile_schema(), *batch,
                              {{app_id, stored, stored.value_or(0) + 1}}));
  return added ? read : 0;
}

Result<std::vector<ColumnSummary>> profile_of(const GovernanceContext& context, const std::string& dataset) {
  HAUL_TRY(snapshot, context.catalog.snapshot(dataset, {}));
  std::set<std::string> live;
  for (const lake::DataFile& file : snapshot.files) live.insert(identity_of(file));
  HAUL_TRY(table, query_datasets(context,
                                 fmt::format("SELECT file, column_name, sketch FROM system.profiles WHERE "
                                             "dataset = {} ORDER BY file",
                                             quoted_text(dataset)),
                                 {"system.profiles"}));
  std::map<std::string, ColumnProfile> merged;
  for (std::int64_t row = 0; table != nullptr && row < table->num_rows(); ++row) {
    const auto column = snapshot.schema.find(text_at(*table, 1, row));
    if (!live.contains(text_at(*table, 0, row)) || !column) continue;
    const columnar::Column& described = snapshot.schema.columns[*column];
    const auto sketch = table->column(2)->GetScalar(row);
    if (!sketch.ok()) return fail(ErrorCode::kCorrupt, "system.profiles holds a row without a sketch");
    const auto& bytes = static_cast<const arrow::BaseBinaryScalar&>(**sketch);
    HAUL_TRY(profile, ColumnProfile::decode(described, bytes.view()));
    const auto there = merged.find(described.name);
    if (there == merged.end()) {
      merged.emplace(described.name, std::move(profile));
    } else {
      HAUL_TRY_VOID(there->second.merge(profile));
    }
  }
  std::vector<ColumnSummary> out;
  for (const columnar::Column& column : snapshot.schema.columns) {
    const auto profile = merged.find(column.name);
    if (profile != merged.end()) out.push_back(profile->second.summary());
  }
  return out;
}

}  // namespace haul::governance
