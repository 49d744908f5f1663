#include "check_contracts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "haul/contract/service_level.h"

namespace haul::app {
namespace {

std::string list_of(const std::vector<std::string>& users) {
  return users.empty() ? std::string("nobody in this project") : fmt::format("{}", fmt::join(users, ", "));
}

void check_end(const ContractChecks& checks, const ContractUses& uses, const std::string& name,
               const contract::EndDate& end) {
  constexpr Micros kNotice = std::chrono::days{30};
  const Micros now = checks.platform.clock().now().time_since_epoch();
  if (end.at - now > kNotice) return;
  const bool is_past = end.at <= now;
  const std::string what = end.element.empty() ? name : end.element;
  const std::string_view which = end.is_life ? "life" : "support";
  const std::string when = format_utc(end.at).substr(0, 10);
  const std::vector<std::string> users = uses.users(name);
  checks.findings.add(is_past && end.is_life ? Weight::kError : Weight::kWarning,
                      fmt::format("{}: the end of {} of {} {} {}; used by {}", to_string(end.place), which,
                                  what, is_past ? "was" : "is", when, list_of(users)),
                      {.contract = name, .used_by = fmt::format("{}", fmt::join(users, ", "))});
}

}  // namespace

std::vector<contract::Consumer> read_consumers(FileSystem& files, const Path& root, Findings& findings) {
  std::vector<contract::Consumer> consumers;
  const Path folder = root / "contracts" / "consumers";
  auto entries = files.list(folder);
  if (!entries) {
    if (entries.error().code != ErrorCode::kNotFound) findings.add(Weight::kError, entries.error().message);
    return consumers;
  }
  for (const FileInfo& entry : *entries) {
    if (entry.is_directory || !entry.name.ends_with(".yaml")) continue;
    const Path path = folder / entry.name;
    const auto text = read_file(files, path);
    auto consumer = text ? contract::parse_consumer(*text, path.string())
                         : Result<contract::Consumer>(fail(text.error()));
    if (consumer) {
      consumers.push_back(*std::move(consumer));
    } else {
      findings.add(Weight::kError, consumer.error().message);
    }
  }
  return consumers;
}

void check_consumers(const ContractChecks& checks, const std::set<std::string>& apart) {
  for (const contract::Consumer& consumer : checks.consumers) {
    if (apart.contains(consumer.contract)) continue;
    const auto found = checks.contracts.find(consumer.contract);
    if (found == checks.contracts.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, version] : checks.contracts) names.push_back(name);
      const std::string_view near = nearest(consumer.contract, names);
      checks.findings.add(
          Weight::kError,
          fmt::format("{}: {}: no contract is called {}{}", to_string(consumer.contract_place),
                      describe(consumer), consumer.contract,
                      near.empty() ? "" : fmt::format("; did you mean {}?", near)));
      continue;
    }
    for (const Error& unmet : contract::unmet_expectations(consumer, found->second)) {
      checks.findings.add(Weight::kError, unmet.message);
    }
  }
}

void check_end_dates(const ContractChecks& checks) {
  std::optional<ContractUses> uses;  // planning all models costs something, and most contracts have no end
  for (const auto& [name, version] : checks.contracts) {
    for (const contract::EndDate& end : contract::end_dates(version)) {
      if (!uses) uses.emplace(checks.platform, checks.project, checks.consumers);
      check_end(checks, *uses, name, end);
    }
  }
}

}  // namespace haul::app
