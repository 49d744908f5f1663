#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/alert/alert_table.h"
#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/columnar/schema.h"
#include "haul/contract/contract.h"
#include "haul/lake/table.h"
#include "haul/query/catalog.h"
#include "haul/query/sql_engine.h"

namespace haul::governance {

/// What the keepers of quality need from outside. The references must outlive it.
struct GovernanceContext {
  lake::LakeContext lake;
  query::SqlEngine& engine;
  query::Catalog& catalog;  ///< Of the lake.
  alert::AlertTable& alerts;
};

/// A dataset with the contract that it is held to.
struct GovernedDataset {
  std::string dataset;                 ///< "silver.flights".
  std::string source;                  ///< "legs".
  const contract::Contract& contract;  ///< With exactly one object.
};

/// What a row of system.quality is about.
enum class QualityKind : std::uint8_t {
  kRows,     ///< All rows that came: failed are those in quarantine. Rule "rows".
  kFile,     ///< The same for one file or other producer.
  kRow,      ///< A rule about one row.
  kDecode,   ///< Rows that could not be decoded, e.g. "type.COLUMN".
  kSet,      ///< A rule about all rows of the dataset; `value` is what its query gave.
  kLevel,    ///< A promise of slaProperties; `value` is the age in seconds.
  kChange,   ///< A number of a run that is near its forecast, or that cannot be judged yet.
  kAnomaly,  ///< One that is not.
};
/// "rows", "file", "row", "decode", "set", "service_level", "change", "anomaly".
[[nodiscard]] std::string_view to_string(QualityKind kind);

/// What `failed` counts: rows of those checked, which have a share, or 1 for the whole.
enum class Failing : std::uint8_t { kRows, kWhole };

/// One row of system.quality.
struct QualityRow {
  std::string dataset;
  std::string rule;
  QualityKind kind = QualityKind::kRow;
  std::string severity = {};
  std::int64_t checked = 0;
  std::int64_t failed = 0;
  Failing failing = Failing::kRows;
  std::optional<double> value = {};
  std::optional<double> low = {};  ///< Of what `value` should be.
  std::optional<double> high = {};
  std::string file = {};
  std::string producer = {};
  std::string note = {};
  lake::Version version = 0;  ///< Of the dataset: the last one this row counts.
  IngestTime at = {};
};

/// dataset, rule, kind, severity, checked, failed, share, value, low, high, file, producer, note, version,
/// contract_id, contract_version, run, checked_at.
[[nodiscard]] columnar::Schema quality_schema();

/// Appends rows to system.quality, which is made with the first ones, in one commit that makes `moves`.
/// False: another process has made such a move before; nothing was added. kUnavailable: storage.
Result<bool> append_quality(const GovernanceContext& context, const contract::Contract& contract,
                            const std::vector<QualityRow>& rows, std::vector<lake::OffsetMove> moves);

/// Adds to system.quality what the commits of a silver dataset counted since the last call: one row per rule,
/// file and kind of decoding failure, over all those commits together. The counts stand in the commits
/// themselves, and how far they were read in the commit that adds the rows: nothing is lost or counted twice,
/// whatever crashes. Raises an alert for each file (or other producer) whose share of quarantined rows passes
/// the contract's errorShareMax, and one for the source where that holds for the other rows, 100 at least;
/// the latter ends when such rows keep it again. Returns how many rows came. No such table yet: 0.
Result<std::uint64_t> record_landing(const GovernanceContext& context, const GovernedDataset& dataset);

/// Raises an alert for a rule of severity block that stopped a batch; `reason` says which row. It ends with
/// the next rows of the dataset that record_landing() finds. kUnavailable: storage.
Result<void> raise_blocked(const GovernanceContext& context, const GovernedDataset& dataset,
                           const std::string& rule, const std::string& reason);

/// Judges the dataset's change rules over everything that came since the last call: that is one run. A number
/// outside its band is an anomaly and a warning. Does nothing where no row came. Returns the anomalies.
Result<std::vector<QualityRow>> judge_changes(const GovernanceContext& context,
                                              const GovernedDataset& dataset);

/// Checks the rules about the set and the service levels of a dataset now, and adds those results to
/// system.quality that differ from the last ones (the rules: of a version that was not checked yet). A broken
/// rule of severity error or block and a freshness that is not kept are alerts until they hold again. Returns
/// the results that were added. kInvalidInput: a rule's query is refused (named with its place).
Result<std::vector<QualityRow>> check_dataset(const GovernanceContext& context,
                                              const GovernedDataset& dataset);

}  // namespace haul::governance
