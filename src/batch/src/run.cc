#include "haul/batch/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "audits.h"
#include "inputs.h"
#include "interval_memory.h"
#include "model_run.h"
#include "source_rules.h"

namespace haul::batch {
namespace {

/// The input whose run left it unfinished, or nothing.
const std::string* unfinished_input(const Node& node, const std::set<std::string>& unfinished) {
  const auto input = std::find_if(node.inputs.begin(), node.inputs.end(),
                                  [&](const std::string& name) { return unfinished.contains(name); });
  return input == node.inputs.end() ? nullptr : &*input;
}

bool is_finished(Outcome outcome) { return outcome == Outcome::kPublished || outcome == Outcome::kUpToDate; }

}  // namespace

bool RunReport::succeeded() const {
  return std::all_of(models.begin(), models.end(),
                     [](const ModelRun& run) { return is_finished(run.outcome); });
}

bool RunReport::warned() const {
  return !rules.empty() ||
         std::any_of(models.begin(), models.end(), [](const ModelRun& run) { return !run.audits.empty(); });
}

Result<RunReport> run(const RunContext& context, const Graph& graph, const RunRequest& request) {
  HAUL_TRY(nodes, graph.with_upstream(request.models));
  RunReport report;
  lake::DataFileVerifier verifier(context.lake.files);
  SourceRules rules(context, verifier, graph);
  std::set<std::string> unfinished;
  for (const Node* node : nodes) {
    if (context.interrupted && context.interrupted())
      return fail(ErrorCode::kCancelled, "the run was interrupted");
    const auto begin = context.lake.clock.steady();
    ModelRun result;
    result.model = node->model.name;
    if (const std::string* input = unfinished_input(*node, unfinished)) {
      result.outcome = Outcome::kSkipped;
      result.reason = *input + " is not up to date";
    } else {
      auto done = run_model(context, verifier, rules, graph, *node, {request.from, request.to}, result);
      if (!done && done.error().code == ErrorCode::kCancelled) return fail(done.error());
      if (!done) {
        result.outcome = Outcome::kFailed;
        result.reason = done.error().message;
        result.error = done.error();
      }
    }
    result.elapsed = context.lake.clock.steady() - begin;
    if (!is_finished(result.outcome)) unfinished.insert(result.model);
    report.models.push_back(std::move(result));
  }
  report.rules = rules.broken();
  return report;
}

}  // namespace haul::batch
