#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/yaml.h"

namespace haul::batch {

enum class ModelKind : std::uint8_t {
  kFull,                    ///< The whole dataset is computed anew whenever an input changed.
  kIncrementalByTimeRange,  ///< Computed interval by interval (docs/adr/0010).
};

/// One models/LAYER/NAME.sql: what its MODEL header says, and its SELECT. A plain value.
struct Model {
  std::string name;  ///< "gold.route_daily".
  ModelKind kind = ModelKind::kFull;
  std::string time_column;          ///< Incremental: the output column that places a row in an interval.
  int lookback_days = 0;            ///< Incremental: how many days of its inputs before an interval it reads,
  int lookahead_days = 0;           ///< and how many after it.
  std::vector<std::string> grain;   ///< The columns that are unique and never null; empty: not stated.
  std::vector<std::string> audits;  ///< Names of audits that run on its staged rows, in order.
  std::string owner;
  std::string description;
  std::string sql;        ///< One SELECT, without its semicolon.
  SourcePlace sql_place;  ///< Where `sql` begins.
};

/// What a failed audit does: stop the publication, or be reported.
enum class AuditEffect : std::uint8_t { kBlock, kWarn };

/// One audits/NAME.sql: a query that returns the bad rows of a dataset.
struct Audit {
  std::string name;
  AuditEffect effect = AuditEffect::kBlock;
  std::string description;
  std::string sql;
  SourcePlace sql_place;
};

/// Reads a model file: the header `MODEL (key value, ...);`, then one SELECT. Keys: name, kind, cron, grain,
/// owner, audits, description. Comments and line ends are free. kInvalidInput with "file:line:column" for the
/// first problem: unknown or repeated keys (with "did you mean"), a missing name or kind, a kind we do not
/// have, a cron other than
/// '@daily' (intervals are days), a lookback below 0 or above 366, no SELECT.
Result<Model> parse_model(std::string_view text, std::string file);

/// The same for `AUDIT (name ..., blocking true, description '...');`.
Result<Audit> parse_audit(std::string_view text, std::string file);

/// `sql` moved to the line and column where it stands in its file, so that the places in an engine's messages
/// are places in the file.
[[nodiscard]] std::string placed_sql(const std::string& sql, const SourcePlace& place);

}  // namespace haul::batch
