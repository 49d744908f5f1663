#include "model_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audits.h"
#include "haul/base/sql_words.h"
#include "inputs.h"
#include "sql_words.h"
#include "stager.h"

namespace haul::batch {
namespace {

/// One model on its way through a run.
class Publication {
 public:
  Publication(const RunContext& context, lake::DataFileVerifier& verifier, SourceRules& rules,
              const Graph& graph, const Node& node, ModelRun& result)
      : context_(context),
        verifier_(verifier),
        rules_(rules),
        graph_(graph),
        node_(node),
        result_(result),
        folder_(table_folder(context.lake_folder, node.model.name)) {}

  Result<void> run(const DayLimits& limits) {
    HAUL_TRY(complete, pin_inputs());
    if (!complete) return {};
    HAUL_TRY_VOID(pin_output());
    HAUL_TRY(plan, plan_work(node_, inputs_, output_ ? &*output_ : nullptr, table_.get(), limits));
    plan_ = std::move(plan);
    result_.intervals_skipped = plan_.done;
    if (plan_.nothing_to_do()) {
      result_.outcome = Outcome::kUpToDate;
      return {};
    }
    HAUL_TRY(allowed, check_sources());
    if (!allowed) return {};
    HAUL_TRY_VOID(stage());
    HAUL_TRY(passed, audit());
    if (!passed) {
      result_.outcome = Outcome::kAuditFailed;
      return {};
    }
    return publish();
  }

 private:
  [[nodiscard]] RunPlaces places() const { return {context_.lake, context_.engine, context_.lake_folder}; }
  [[nodiscard]] bool is_incremental() const { return node_.model.kind == ModelKind::kIncrementalByTimeRange; }

  /// False, with the reason told, where an input does not exist yet.
  Result<bool> pin_inputs() {
    for (const std::string& name : node_.inputs) {
      auto input = pin_dataset(places(), name, graph_.event_time_of(name));
      if (!input && input.error().code == ErrorCode::kNotFound) {
        result_.outcome = Outcome::kSkipped;
        result_.reason = name + " does not exist yet: ingest it first";
        return false;
      }
      if (!input) return fail(with_context(input.error(), name));
      inputs_.push_back(*std::move(input));
    }
    return true;
  }

  /// False, with the reason told, where a rule of severity block stands against reading an input.
  Result<bool> check_sources() {
    for (const PinnedDataset& input : inputs_) {
      HAUL_TRY_VOID(rules_.check(input));
      const BrokenRule* rule = rules_.blocking(input.name);
      if (rule == nullptr) continue;
      result_.outcome = Outcome::kAuditFailed;
      result_.reason = fmt::format("{} breaks its rule {}, which blocks", input.name, rule->rule);
      return false;
    }
    return true;
  }

  Result<void> pin_output() {
    auto table = lake::Table::open(context_.lake, folder_);
    if (!table && table.error().code == ErrorCode::kNotFound) return {};
    if (!table) return fail(table.error());
    table_ = *std::move(table);
    HAUL_TRY(output, pin_dataset(places(), node_.model.name, node_.model.time_column));
    output_ = std::move(output);
    return {};
  }

  [[nodiscard]] query::QueryRequest request_for(const std::optional<DayRange>& range) const {
    query::QueryRequest request;
    request.limits = context_.limits;
    request.limits.rows_max.reset();
    request.interrupted = context_.interrupted;
    for (const PinnedDataset& input : inputs_) {
      request.scans.push_back(range ? scan_of(input, input_window(node_.model, *range)) : scan_of(input));
    }
    request.sql = range ? bounded_sql(*range) : ordered_sql();
    return request;
  }

  /// The model's rows of the range, and those without a time: they must not go unseen.
  [[nodiscard]] std::string bounded_sql(const DayRange& range) const {
    std::vector<std::string> order = {node_.model.time_column};
    for (const std::string& column : node_.model.grain) {
      if (column != node_.model.time_column) order.push_back(column);
    }
    return fmt::format("SELECT * FROM (\n{}\n) AS haul_model\nWHERE ({}) OR {} IS NULL ORDER BY {}",
                       node_.model.sql, in_range(node_.model.time_column, range),
                       quoted_name(node_.model.time_column), quoted_names(order));
  }

  [[nodiscard]] std::string ordered_sql() const {
    if (node_.model.grain.empty()) return node_.model.sql;
    return fmt::format("SELECT * FROM (\n{}\n) AS haul_model\nORDER BY {}", node_.model.sql,
                       quoted_names(node_.model.grain));
  }

  Result<void> stage() {
    ranges_ = to_ranges(plan_.work);
    const std::optional<DayRange> first = ranges_.empty() ? std::nullopt : std::optional(ranges_.front());
    HAUL_TRY(columns, context_.engine.describe(request_for(first)));
    lake::TableSpec spec;
    spec.schema = std::move(columns);
    HAUL_TRY(table, lake::Table::open_or_create(context_.lake, folder_, spec, lake::Widening::kRefuse));
    table_ = std::move(table);

    Stager stager(*table_, node_.model.time_column);
    if (!is_incremental()) HAUL_TRY_VOID(compute(std::nullopt, stager));
    for (const DayRange& range : ranges_) HAUL_TRY_VOID(compute(range, stager));
    staged_ = stager.files();
    result_.rows = stager.rows();
    result_.days = ranges_;
    result_.intervals_done = is_incremental() ? plan_.work.size() : 1;
    return {};
  }

  Result<void> compute(const std::optional<DayRange>& range, Stager& stager) {
    const query::QueryRequest request = request_for(range);
    HAUL_TRY_VOID(verify_files(verifier_, request.scans));
    const auto summary = context_.engine.run(request, stager);
    if (!summary) return fail(with_context(summary.error(), node_.model.name));
    return stager.end_query();
  }

  /// True where nothing stands against publication.
  Result<bool> audit() {
    HAUL_TRY(snapshot, table_->snapshot());
    PinnedDataset staged;
    staged.name = node_.model.name;
    staged.folder = folder_;
    staged.snapshot.schema = std::move(snapshot.schema);
    staged.snapshot.files = staged_;
    HAUL_TRY(found, run_audits(context_, verifier_, node_, scan_of(staged), inputs_));
    result_.audits = std::move(found);
    return std::none_of(result_.audits.begin(), result_.audits.end(),
                        [](const AuditOutcome& audit) { return audit.effect == AuditEffect::kBlock; });
  }

  Result<void> publish() {
    lake::CommitRequest request;
    request.operation = "HAUL RUN";
    request.parameters = parameters();
    request.adds = staged_;
    request.removes = plan_.replaces;
    const auto move = [&](const WorkPlan::Key& key) {
      request.offsets.push_back({.app_id = key.app_id, .expected = key.stored, .version = key.wanted});
    };
    if (plan_.whole) move(*plan_.whole);
    for (const Day day : plan_.work) move(plan_.days.at(day));
    auto report = table_->commit(std::move(request));
    if (!report) return fail(with_context(report.error(), node_.model.name));
    result_.version = report->version;
    result_.outcome = Outcome::kPublished;
    return {};
  }

  /// What the table's history shows: the model's version and the versions of what it read.
  [[nodiscard]] std::map<std::string, std::string> parameters() const {
    std::string inputs;
    for (const PinnedDataset& input : inputs_) {
      inputs += fmt::format("{}{}@{}", inputs.empty() ? "" : ", ", input.name, input.snapshot.version);
    }
    return {{"inputs", inputs},
            {"intervals", is_incremental() ? format_ranges(ranges_) : "full"},
            {"modelVersion", fmt::format("{:016x}", node_.version)}};
  }

  const RunContext& context_;
  lake::DataFileVerifier& verifier_;
  SourceRules& rules_;
  const Graph& graph_;
  const Node& node_;
  ModelRun& result_;
  Path folder_;
  std::vector<PinnedDataset> inputs_;
  std::unique_ptr<lake::Table> table_;
  std::optional<PinnedDataset> output_;
  WorkPlan plan_;
  std::vector<DayRange> ranges_;
  std::vector<lake::DataFile> staged_;
};

}  // namespace

Result<void> run_model(const RunContext& context, lake::DataFileVerifier& verifier, SourceRules& rules,
                       const Graph& graph, const Node& node, const DayLimits& limits, ModelRun& result) {
  return Publication(context, verifier, rules, graph, node, result).run(limits);
}

}  // namespace haul::batch
