#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/error.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/batch/interval.h"
#include "haul/batch/project.h"
#include "haul/contract/contract.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"

namespace haul::batch {

/// What a run needs from outside. The references must outlive it.
struct RunContext {
  lake::LakeContext lake;
  query::SqlEngine& engine;
  Path lake_folder;                   ///< The table of silver.legs stands in lake_folder/silver/legs.
  query::QueryLimits limits;          ///< Of each query; `rows_max` is not used.
  std::function<bool()> interrupted;  ///< Polled between and within queries; true ends the run. May be empty.
};

struct RunRequest {
  std::vector<std::string> models = {};  ///< These and what they read; empty: all.
  std::optional<Day> from = {};          ///< Days before are left as they are.
  std::optional<Day> to = {};            ///< This day and later ones too.
};

/// How a model's run ended. Only kPublished changed its table.
enum class Outcome : std::uint8_t {
  kPublished,
  kUpToDate,     ///< Every interval was computed from this input already.
  kAuditFailed,  ///< A blocking audit found rows: nothing was published; `audits` says what it found.
  kSkipped,      ///< An input is not there, or its own run failed; `reason` says which.
  kFailed,       ///< `error` says why.
};

/// What an audit found in the staged rows.
struct AuditOutcome {
  std::string name;  ///< The audit's name; "grain" for the uniqueness that the header states.
  AuditEffect effect = AuditEffect::kBlock;
  std::uint64_t bad_rows = 0;
  std::vector<std::string> sample;  ///< The first three, as "column=value, ...".
};

struct ModelRun {
  std::string model;
  Outcome outcome = Outcome::kUpToDate;
  std::uint64_t rows = 0;                ///< Staged, and published where `outcome` says so.
  std::size_t intervals_done = 0;        ///< Computed now; 1 for a FULL model.
  std::size_t intervals_skipped = 0;     ///< Up to date before, within the range asked for.
  std::vector<DayRange> days;            ///< What was computed; empty for a FULL model.
  std::optional<lake::Version> version;  ///< That the run made.
  std::vector<AuditOutcome> audits;      ///< Those that found rows.
  std::string reason;
  std::optional<Error> error;
  std::chrono::nanoseconds elapsed{};
};

/// A rule about all rows of a source dataset that its rows break.
struct BrokenRule {
  std::string dataset;
  std::string rule;  ///< Its id in the contract.
  contract::Severity severity = contract::Severity::kWarning;
  double value = 0;  ///< What the rule's query gave, e.g. how many rows break it.
  std::string description;
};

struct RunReport {
  std::vector<ModelRun> models;        ///< In the order they ran.
  std::vector<BrokenRule> rules = {};  ///< Of the source datasets that were read.

  /// Every model is published or up to date.
  [[nodiscard]] bool succeeded() const;
  /// Some audit found rows, blocking or not, or a rule of a source is broken.
  [[nodiscard]] bool warned() const;
};

/// Brings the models' datasets up to date, inputs first. Each dataset: pins its inputs, computes the
/// intervals that are missing or dirty into staged files, audits them, and publishes them in one commit that
/// replaces exactly the files of those intervals and stores their run keys. A second run finds nothing to do.
/// A failure of one model leaves its table as it was and skips those that read it; the others go on.
/// kNotFound: the request names an unknown model.  kCancelled: interrupted; what was published stays.
Result<RunReport> run(const RunContext& context, const Graph& graph, const RunRequest& request);

}  // namespace haul::batch
