#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "check_contracts.h"
#include "haul/ingest/example_check.h"

namespace haul::app {
namespace {

using contract::Change;
using contract::Impact;
using contract::Version;

/// The contracts of a project next to those of a revision.
class AgainstRevision {
 public:
  AgainstRevision(const ContractChecks& checks, ContractFiles before, std::string revision)
      : checks_(checks),
        before_(std::move(before)),
        revision_(std::move(revision)),
        old_project_(with_contracts_of(checks.project, before_)),
        uses_(checks.platform, old_project_, checks.consumers) {}

  Result<std::set<std::string>> run() {
    std::set<std::string> judged;
    for (const auto& [name, after] : checks_.contracts) {
      const Version* old = earlier(name, after);
      if (old == nullptr) {
        add({.rule = &contract::change_rule("CONTRACT_ADDED"),
             .message = fmt::format("the contract {} is new", name),
             .place = after.root().place()},
            name);
        continue;
      }
      HAUL_TRY_VOID(judge(name, *old, after));
      judged.insert(name);
    }
    for (const auto& [name, old] : before_) {
      if (later(name, old) == nullptr) removed(name, old);
    }
    if (!uses_.lineage_problem().empty()) {
      fmt::print(stderr, "models are not named, as they cannot be planned over {}: {}\n", revision_,
                 uses_.lineage_problem());
    }
    return judged;
  }

 private:
  /// The project as its models found it: each contract that the revision has in its state then.
  static Project with_contracts_of(Project project, const ContractFiles& before) {
    for (const auto& [name, old] : before) project.contracts.insert_or_assign(name, old.contract());
    return project;
  }

  /// By name, else by id, as a contract may have a new name.
  static const Version* twin(const ContractFiles& contracts, const std::string& name, const Version& of) {
    if (const auto same = contracts.find(name); same != contracts.end()) return &same->second;
    for (const auto& [other, version] : contracts) {
      if (version.contract().id == of.contract().id) return &version;
    }
    return nullptr;
  }
  const Version* earlier(const std::string& name, const Version& after) const {
    return twin(before_, name, after);
  }
  const Version* later(const std::string& name, const Version& old) const {
    return twin(checks_.contracts, name, old);
  }

  void add(const Change& change, const std::string& name) {
    const bool matters = change.rule->affected != contract::Affected::kNobody;
    const std::vector<std::string> users = matters ? uses_.uses(name, change) : std::vector<std::string>();
    const contract::ExampleRows rows =
        change.examples.empty() ? contract::ExampleRows() : change.examples.front();
    checks_.findings.add(Weight::kChange, fmt::format("{}: {}", to_string(change.place), change.message),
                         {.rule = std::string(change.rule->id),
                          .impact = std::string(to_string(change.rule->impact)),
                          .contract = name,
                          .used_by = fmt::format("{}", fmt::join(users, ", ")),
                          .example_shows = std::string(to_string(change.shows)),
                          .example = fmt::format("{}", fmt::join(rows, " "))});
  }

  Result<void> judge(const std::string& name, const Version& before, const Version& after) {
    std::vector<Change> changes = contract::compare(before, after);
    HAUL_TRY_VOID(
        ingest::confirm_examples(changes, before.contract(), after.contract(), checks_.platform.parser()));
    for (const Change& change : changes) add(change, name);
    const bool grew_enough = judge_version(name, before, after, changes);
    judge_consumers(name, before, after, grew_enough);
    return {};
  }

  /// Whether the version announces a break; an error where it grew less than the changes ask for.
  bool judge_version(const std::string& name, const Version& before, const Version& after,
                     const std::vector<Change>& changes) {
    const std::string& was = before.contract().version;
    const std::string& is = after.contract().version;
    const auto bump = contract::bump_between(was, is);
    const bool announces_break = bump == Impact::kBreaking;
    const SourcePlace place = after.root().find("version")->place();
    if (was != is && !bump) {
      problem(name, place, fmt::format("version {} of {} is below {} at {}", is, name, was, revision_));
    } else if (!changes.empty() && (!bump || *bump < impact_of(changes))) {
      const Impact impact = impact_of(changes);
      const auto gravest = std::find_if(changes.begin(), changes.end(),
                                        [&](const Change& change) { return change.rule->impact == impact; });
      problem(name, place,
              fmt::format("{} is at version {}, and has to be {} at least, as a change of it is {}: {}", name,
                          is, contract::next_version(was, impact), to_string(impact), gravest->message));
    } else if (!changes.empty() && impact_of(changes) == Impact::kBreaking) {
      const std::vector<std::string> users = uses_.users(name);
      checks_.findings.add(
          Weight::kWarning,
          fmt::format("{}: {} {} breaks who used {}: {}", to_string(place), name, is, was,
                      users.empty() ? "nobody in this project" : fmt::format("{}", fmt::join(users, ", "))),
          {.contract = name, .used_by = fmt::format("{}", fmt::join(users, ", "))});
    }
    return announces_break;
  }

  void problem(const std::string& name, const SourcePlace& place, const std::string& message) {
    checks_.findings.add(Weight::kError, fmt::format("{}: {}", to_string(place), message),
                         {.contract = name});
  }

  /// What a consumer misses now and had then is a break that a major version announces; all else is an error.
  void judge_consumers(const std::string& name, const Version& before, const Version& after, bool announced) {
    for (const contract::Consumer& consumer : checks_.consumers) {
      if (consumer.contract != name) continue;
      const std::vector<Error> missed_before = contract::unmet_expectations(consumer, before);
      for (const Error& unmet : contract::unmet_expectations(consumer, after)) {
        const bool is_new =
            std::find(missed_before.begin(), missed_before.end(), unmet) == missed_before.end();
        checks_.findings.add(announced && is_new ? Weight::kWarning : Weight::kError, unmet.message,
                             {.contract = name, .used_by = describe(consumer)});
      }
    }
  }

  /// A contract may go once it said so: retired, or past its end of life.
  void removed(const std::string& name, const Version& old) {
    Change change{.rule = &contract::change_rule("CONTRACT_NO_DELETE"),
                  .message = fmt::format("the contract {} is gone", name),
                  .place = old.root().place()};
    add(change, name);
    if (old.contract().status == "retired") return;
    problem(name, old.root().place(),
            fmt::format("the contract {} went with status {}; set it to deprecated, then to retired, before",
                        name, old.contract().status));
  }

  const ContractChecks& checks_;
  ContractFiles before_;
  std::string revision_;
  Project old_project_;
  ContractUses uses_;
};

}  // namespace

Result<std::set<std::string>> check_against(const ContractChecks& checks, const std::string& revision) {
  const auto history = history_of(checks.project.root);
  HAUL_TRY(before, read_contract_files_at(*history, revision));
  return AgainstRevision(checks, std::move(before), revision).run();
}

}  // namespace haul::app
