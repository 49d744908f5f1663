#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "check_contracts.h"
#include "command.h"
#include "console.h"
#include "haul/batch/model_test.h"
#include "haul/ingest/validator.h"
#include "models.h"

namespace haul::app {
namespace {

/// The rules of every contract must compile: what cannot run is refused here, never at run time.
void check_rules(Platform& platform, const Project& project, Findings& findings) {
  for (const auto& [name, contract] : project.contracts) {
    for (const contract::Object& object : contract.objects) {
      if (auto validator = ingest::Validator::make(object, platform.parser()); !validator) {
        findings.add(Weight::kError, validator.error().message);
      }
    }
    for (const contract::NotEnforced& clause : contract.not_enforced) {
      findings.add(Weight::kNotEnforced,
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
        findings.add(Weight::kError, fmt::format("{}: test {} of {}: {}", to_string(result.place),
                                                 result.name, result.model, difference));
      }
    }
  }
  fmt::print(stderr, "tests: {} passed, {} failed\n", passed, failed);
  return {};
}

/// The contracts once more, as files; null where one of them is wrong, which is found already.
std::optional<ContractFiles> contracts_of(Platform& platform, const Project& project, Findings& findings) {
  auto contracts = read_contract_files(platform.files(), project.root);
  if (contracts) return *std::move(contracts);
  if (findings.errors() == 0) findings.add(Weight::kError, contracts.error().message);
  return std::nullopt;
}

Result<void> check_contracts(Platform& platform, const Project& project, const CheckArguments& arguments,
                             Findings& findings) {
  const auto contracts = contracts_of(platform, project, findings);
  const std::vector<contract::Consumer> consumers = read_consumers(platform.files(), project.root, findings);
  if (!contracts) return {};
  const ContractChecks checks{platform, project, *contracts, consumers, findings};
  check_end_dates(checks);
  std::set<std::string> judged;
  if (!arguments.against.empty()) {
    HAUL_TRY(contracts_judged, check_against(checks, arguments.against));
    judged = std::move(contracts_judged);
  }
  check_consumers(checks, judged);
  return {};
}

enum class Compared : std::uint8_t { kNothing, kContracts };

/// For people: the changes, then a table of the rest. For programs: one table of all.
Result<void> print_findings(const Findings& findings, OutputFormat format, Compared compared) {
  if (format != OutputFormat::kTable) {
    return print(findings.report(compared == Compared::kContracts ? Findings::Columns::kWithDetails
                                                                  : Findings::Columns::kPlain),
                 format);
  }
  HAUL_TRY_VOID(print_text(findings.changes_text()));
  const Report rest = findings.report(Findings::Columns::kPlain);
  return rest.empty() ? Result<void>() : print(rest, format);
}

Exit exit_of(const Findings& findings) {
  if (findings.errors() != 0) return Exit::kFailed;
  return findings.warnings() == 0 ? Exit::kDone : Exit::kDoneWithFindings;
}

}  // namespace

Result<Exit> command_check(const CommandContext& context, const CheckArguments& arguments) {
  Platform platform(context.project / "state");
  ProjectProblems problems;
  HAUL_TRY(project, read_project(platform.files(), context.project, problems));
  Findings findings;
  for (const Error& problem : problems.problems) findings.add(Weight::kError, problem.message);
  check_rules(platform, project, findings);
  HAUL_TRY_VOID(check_contracts(platform, project, arguments, findings));
  if (problems.problems.empty()) {  // models are checked against sound sources
    auto graph = load_graph(platform, project);
    if (!graph) findings.add(Weight::kError, graph.error().message);
    if (graph) {
      fmt::print(stderr, "{} contracts, {} sources, {} flows, {} models\n", project.contracts.size(),
                 project.sources.size(), project.flows.size(), graph->in_order().size());
    }
    if (graph && arguments.tests) HAUL_TRY_VOID(run_tests(platform, project, *graph, findings));
  }
  HAUL_TRY_VOID(print_findings(findings, context.format,
                               arguments.against.empty() ? Compared::kNothing : Compared::kContracts));
  fmt::print(stderr, "{}\n",
             findings.errors() == 0 ? "sound" : fmt::format("{} to correct", findings.errors()));
  return exit_of(findings);
}

}  // namespace haul::app
