#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command.h"
#include "console.h"
#include "contract_files.h"
#include "findings.h"
#include "haul/ingest/example_check.h"

namespace haul::app {
namespace {

Report::Cell cell(std::string text) { return text.empty() ? Report::Cell() : Report::Cell(std::move(text)); }

Report changes_report(const std::vector<contract::Change>& changes) {
  Report report(
      {"rule", "impact", "affected", "object", "column", "message", "place", "example_shows", "example"});
  for (const contract::Change& change : changes) {
    const contract::ExampleRows example =
        change.examples.empty() ? contract::ExampleRows() : change.examples.front();
    report.add({std::string(change.rule->id), std::string(to_string(change.rule->impact)),
                std::string(to_string(change.rule->affected)), cell(change.object), cell(change.column),
                change.message, to_string(change.place), cell(std::string(to_string(change.shows))),
                cell(fmt::format("{}", fmt::join(example, "\n")))});
  }
  return report;
}

std::string changes_text(const std::vector<contract::Change>& changes) {
  std::string text;
  for (const contract::Change& change : changes) {
    const contract::ExampleRows example =
        change.examples.empty() ? contract::ExampleRows() : change.examples.front();
    text += change_text(to_string(change.place), change.message,
                        {.rule = std::string(change.rule->id),
                         .impact = std::string(to_string(change.rule->impact)),
                         .example_shows = std::string(to_string(change.shows)),
                         .example = fmt::format("{}", fmt::join(example, " "))});
  }
  return text;
}

/// What the changes ask of the version, and whether it has it.
std::string verdict(const contract::Contract& before, const contract::Contract& after,
                    const std::vector<contract::Change>& changes) {
  if (changes.empty()) return "the contracts say the same";
  const contract::Impact impact = contract::impact_of(changes);
  const auto bump = contract::bump_between(before.version, after.version);
  const std::string needed = contract::next_version(before.version, impact);
  const bool enough = bump && *bump >= impact;
  return fmt::format("{} in all: the gravest is {}; the version went from {} to {}{}", changes.size(),
                     to_string(impact), before.version, after.version,
                     enough ? "" : fmt::format(", and has to be {} at least", needed));
}

}  // namespace

Result<Exit> command_contract_diff(const CommandContext& context, const ContractDiffArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(before, find_contract(platform, context.project, arguments.before));
  HAUL_TRY(after, find_contract(platform, context.project, arguments.after));
  std::vector<contract::Change> changes = contract::compare(before, after);
  HAUL_TRY_VOID(ingest::confirm_examples(changes, before.contract(), after.contract(), platform.parser()));
  HAUL_TRY_VOID(context.format == OutputFormat::kTable ? print_text(changes_text(changes))
                                                       : print(changes_report(changes), context.format));
  fmt::print(stderr, "{}\n", verdict(before.contract(), after.contract(), changes));
  const bool breaks = !changes.empty() && contract::impact_of(changes) == contract::Impact::kBreaking;
  return breaks ? Exit::kFailed : Exit::kDone;
}

}  // namespace haul::app
