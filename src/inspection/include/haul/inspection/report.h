#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/yaml.h"
#include "haul/contract/contract.h"

namespace haul::inspection {

enum class RuleStatus : std::uint8_t {
  kHeld,
  kBroken,
  kNotRun,  ///< What it needs was not there; never counted as held.
};

/// What a rule looks at.
enum class RuleKind : std::uint8_t {
  kFormat,       ///< Whether the bytes are rows at all.
  kType,         ///< Whether a value is one of its column's type.
  kRow,          ///< An expression over one row.
  kUnique,       ///< No earlier row of the file has the key.
  kReferential,  ///< The referenced dataset has the key.
  kNumber,       ///< One number over all good rows, and its bound.
};

/// A row that broke a rule.
struct BrokenRow {
  std::uint64_t line = 0;  ///< In the file, from 1.
  std::string reason;      ///< As in quarantine: no value of a personal column.
};

/// What became of one rule. Rules about rows (all kinds but kNumber) look at every row that could be read,
/// whatever other rules say of it; a number is taken of the good rows, as the platform takes it of silver.
struct RuleOutcome {
  std::string id;
  RuleKind kind = RuleKind::kRow;
  contract::Severity severity = contract::Severity::kError;
  std::string dimension = {};
  std::string description = {};
  SourcePlace place = {};  ///< In the contract; no file for a rule that every contract has.
  RuleStatus status = RuleStatus::kHeld;
  std::uint64_t checked = 0;             ///< Rows.
  std::uint64_t failed = 0;              ///< Rows that broke it; of kNumber none.
  std::optional<double> value = {};      ///< kNumber: what was found; nothing where the query gives NULL.
  std::string must_be = {};              ///< kNumber: "= 0", "between 1 and 5".
  std::string why_not_run = {};          ///< kNotRun: what is missing and what to do.
  std::vector<BrokenRow> examples = {};  ///< The first rows of the file that broke it, at most kExamplesMax.

  /// Broken rows in 100 rows checked; 0 of none.
  [[nodiscard]] double failed_percent() const {
    return checked == 0 ? 0 : 100.0 * static_cast<double>(failed) / static_cast<double>(checked);
  }
};
inline constexpr std::size_t kExamplesMax = 5;

/// How a file keeps its contract.
struct FileReport {
  std::string contract;          ///< Its name,
  std::string contract_id;       ///< its id
  std::string contract_version;  ///< and its version.
  std::string object;
  std::string file;  ///< As the user named it.
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;            ///< = valid + quarantined.
  std::uint64_t valid = 0;           ///< Rows that broke no rule of severity error or block.
  std::uint64_t quarantined = 0;     ///< All others.
  std::uint64_t unknown_fields = 0;  ///< Values in fields that the contract does not name.
  std::vector<RuleOutcome> rules;    ///< Format, types, then as the contract has them.
  std::vector<contract::NotEnforced> not_enforced;
  std::uint64_t spilled_bytes = 0;  ///< Keys that memory did not hold, as written to disk.
  std::chrono::nanoseconds duration{0};
};

/// The worst that a report holds: a rule that is broken or was not run, by its severity.
enum class Verdict : std::uint8_t { kHolds, kWarned, kBroken };
[[nodiscard]] Verdict verdict_of(const FileReport& report);

/// "row", "unique", ...; "held", "broken", "not run".
[[nodiscard]] std::string_view to_string(RuleKind kind);
[[nodiscard]] std::string_view to_string(RuleStatus status);

/// The report as one JSON object (docs/contracts.md lists its keys).
[[nodiscard]] std::string to_json(const FileReport& report);
/// JUnit XML: one suite, a testcase a rule. Broken rules of severity error and block are failures, rules that
/// were not run are skipped, warnings pass and say so in system-out.
[[nodiscard]] std::string to_junit(const FileReport& report);
/// One page without any other file, readable without scripts.
[[nodiscard]] std::string to_html(const FileReport& report);

}  // namespace haul::inspection
