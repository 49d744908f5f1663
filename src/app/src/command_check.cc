#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "command.h"
#include "console.h"
#include "haul/batch/model_test.h"
#include "haul/ingest/validator.h"
#include "models.h"

namespace haul::app {
namespace {

/// Everything a check found.
struct Findings {
  Report report{{"severity", "place", "message"}};
  std::size_t errors = 0;

  /// Splits "file:line:column: message", one finding a line.
  void add_error(std::string_view message) {
    while (!message.empty()) {
      const std::size_t end = std::min(message.find('\n'), message.size());
      add("error", message.substr(0, end));
      ++errors;
      message.remove_prefix(std::min(end + 1, message.size()));
    }
  }
  void add(const char* severity, std::string_view line) {
    const std::size_t split = line.find(": ");
    const bool has_place =
        split != std::string_view::npos && line.substr(0, split).find(':') != std::string_view::npos;
    report.add({std::string(severity), std::string(has_place ? line.substr(0, split) : ""),
                std::string(has_place ? line.substr(split + 2) : line)});
  }
};

/// The rules of every contract must compile: what cannot run is refused here, never at run time.
void check_rules(Platform& platform, const Project& project, Findings& findings) {
  for (const auto& [name, contract] : project.contracts) {
    for (const contract::Object& object : contract.objects) {
      if (auto validator = ingest::Validator::make(object, platform.parser()); !validator) {
        findings.add_error(validator.error().message);
      }
    }
    for (const contract::NotEnforced& clause : contract.not_enforced) {
      findings.add("not enforced",
                   fmt::format("{}: {}: {}", to_string(clause.place), clause.clause, clause.reason));
    }
  }
}

Result<void> run_tests(Platform& platform, const Project& project, const batch::Graph& graph,
                       Findings& findings) {
  HAUL_TRY(tests, batch::load_model_tests(platform.files(), project.root));
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const batch::ModelTest& test : tests) {
    HAUL_TRY(results, batch::run_model_test(platform.engine(), graph, test));
    for (const batch::CaseResult& result : results) {
      ++(result.passed ? passed : failed);
      if (!result.passed) {
        std::string difference = result.difference;
        std::replace(difference.begin(), difference.end(), '\n', ' ');
        findings.add_error(fmt::format("{}: test {} of {}: {}", to_string(result.place), result.name,
                                       result.model, difference));
      }
    }
  }
  fmt::print(stderr, "tests: {} passed, {} failed\n", passed, failed);
  return {};
}

}  // namespace

Result<Exit> command_check(const CommandContext& context, const CheckArguments& arguments) {
  Platform platform(context.project / "state");
  ProjectProblems problems;
  HAUL_TRY(project, read_project(platform.files(), context.project, problems));
  Findings findings;
  for (const Error& problem : problems.problems) findings.add_error(problem.message);
  check_rules(platform, project, findings);
  if (problems.problems.empty()) {  // models are checked against sound sources
    auto graph = load_graph(platform, project);
    if (!graph) findings.add_error(graph.error().message);
    if (graph) {
      fmt::print(stderr, "{} contracts, {} sources, {} flows, {} models\n", project.contracts.size(),
                 project.sources.size(), project.flows.size(), graph->in_order().size());
    }
    if (graph && arguments.tests) HAUL_TRY_VOID(run_tests(platform, project, *graph, findings));
  }
  if (!findings.report.empty() || context.format != OutputFormat::kTable) {
    HAUL_TRY_VOID(print(findings.report, context.format));
  }
  fmt::print(stderr, "{}\n", findings.errors == 0 ? "sound" : fmt::format("{} to correct", findings.errors));
  return findings.errors == 0 ? Exit::kDone : Exit::kFailed;
}

}  // namespace haul::app
