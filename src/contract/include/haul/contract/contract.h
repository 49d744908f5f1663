#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/base/yaml.h"
#include "haul/columnar/schema.h"
#include "haul/contract/severity.h"

namespace haul::contract {

/// A rule about one row. The row is fine unless `sql` is FALSE (SQL CHECK semantics: NULL passes).
struct RowRule {
  /// The rule's own id, else its name, else "<object>.<column>.required"; unique in the contract.
  std::string id;
  std::string sql;  ///< A scalar SQL expression over the object's columns, in DuckDB's dialect.
  std::vector<std::string> columns;
  Severity severity = Severity::kError;
  std::string dimension;  ///< ODCS: accuracy, completeness, conformity, ...; may be empty.
  std::string description;
  SourcePlace place;
};

/// A rule about the set of rows: a query that gives one number, and the bound it must keep.
struct SetRule {
  enum class Kind : std::uint8_t { kUnique, kRowCount, kNullShare, kReferential, kSql, kDuplicates };
  enum class Comparison : std::uint8_t {
    kEqual,
    kNotEqual,
    kGreater,
    kGreaterOrEqual,
    kLess,
    kLessOrEqual,
    kBetween,
    kNotBetween
  };
  std::string id;
  Kind kind = Kind::kSql;
  std::string sql;  ///< One SELECT of one number, the object's table written as {object}.
  std::vector<std::string> columns;
  Comparison comparison = Comparison::kEqual;
  double bound = 0;
  double bound_high = 0;  ///< Between: the upper end, inclusive.
  Severity severity = Severity::kError;
  std::string dimension;
  std::string description;
  /// kReferential: the object that must have the values; its table stands in `sql` as silver."<references>".
  std::string references = {};
  SourcePlace place;
};

/// A clause that stands in the file and is not enforced by this version, shown by `haul check`, never skipped
/// silently.
struct NotEnforced {
  std::string clause;
  std::string reason;
  SourcePlace place;
};

/// A promise of slaProperties.
struct ServiceLevel {
  /// What is measured of the times in `column`: the newest is not older than the span (freshness, and
  /// latency, which the standard prefers), or the oldest is not (retention). kNone: kept with the contract
  /// only.
  enum class Measure : std::uint8_t { kNone, kFreshness, kRetention };

  std::string property;  ///< "freshness", "retention", "latency", ...
  std::string value;
  std::string unit;
  std::string element;
  std::string id = {};  ///< Its own id, else "<property>.<element>".
  Measure measure = Measure::kNone;
  std::string object = {};
  std::string column = {};  ///< A timestamp or a date.
  int months = 0;           ///< The span: calendar months (years are twelve), and the rest.
  Micros span{0};
};

/// A rule about how a dataset changes: a number of each run stays near those of the runs before
/// (docs/quality.md has the formula).
struct DriftRule {
  enum class Measure : std::uint8_t { kRowCount, kMean };

  std::string id;
  Measure measure = Measure::kRowCount;
  std::string column = {};  ///< kMean: the column.
  /// Given: the number may differ from the forecast by this much of it. Else by `band` times the usual
  /// deviation.
  std::optional<double> percent = {};
  double band = 5;
  std::int64_t runs = 14;   ///< How many of the last runs the forecast looks at.
  std::int64_t needs = 5;   ///< Fewer comparable runs than these: nothing is judged.
  std::int64_t season = 1;  ///< Only every so many-th run before is comparable, e.g. 7 for a daily file.
  Severity severity = Severity::kWarning;
  SourcePlace place = {};
};

/// One ODCS schema object: the table `name`.
struct Object {
  std::string name;
  columnar::Schema schema;
  std::vector<std::string> primary_key;     ///< In primaryKeyPosition order.
  std::vector<std::string> partitioned_by;  ///< In partitionKeyPosition order.
  std::vector<RowRule> row_rules;
  std::vector<SetRule> set_rules;
  std::vector<DriftRule> change_rules = {};
  /// customProperties `default` of columns, by name: what a row has where it lacks the column. As the text of
  /// a CSV field.
  std::map<std::string, std::string> defaults = {};
  /// customProperties `versionColumn`: of two rows of one key the one with the greater value is the newer.
  /// Empty: none is.
  std::string version_column = {};
};

/// An Open Data Contract (ODCS v3.1; v3.2 is read). A plain value.
struct Contract {
  std::string id;
  std::string name;
  std::string version;  ///< Semantic version, three numbers.
  std::string status;
  std::string domain;
  std::string owner;  ///< team.name, else the member with role Owner; may be empty.
  std::string description;
  std::vector<Object> objects;
  std::vector<ServiceLevel> service_levels;
  double error_share_max = 0.05;  ///< customProperties errorShareMax: above it an alert is due.
  std::vector<NotEnforced> not_enforced;
  std::string file;
};

/// Reads a contract and checks it whole: every problem found is in the message, one line each, each with
/// "file:line:column" and what to do (kInvalidInput). Unknown keys, impossible combinations (minimum above
/// maximum, a pattern on a number, a required column with a null default, two equal names, ...) and v3.0
/// files are problems.
Result<Contract> parse_contract(std::string_view yaml, std::string file);

/// The object a dataset of this contract has; contracts used by sources have exactly one. kInvalidInput
/// otherwise.
Result<const Object*> single_object(const Contract& contract);

}  // namespace haul::contract
