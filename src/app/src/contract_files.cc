#include "contract_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "haul/adapters/posix/posix.h"

namespace haul::app {
namespace {

constexpr std::string_view kEnding = ".odcs.yaml";
constexpr std::string_view kFolder = "contracts";

Result<void> add(ContractFiles& all, std::string_view text, const std::string& file) {
  HAUL_TRY(version, contract::Version::parse(text, file));
  const std::string name = version.contract().name;
  const auto [there, is_new] = all.emplace(name, std::move(version));
  if (is_new) return {};
  return fail(ErrorCode::kInvalidInput,
              fmt::format("{}:1:1: the contract {} is defined in {} already: rename one of "
                          "them",
                          file, name, there->second.contract().file));
}

Result<contract::Version> find_in(const ContractFiles& contracts, const std::string& name) {
  if (const auto found = contracts.find(name); found != contracts.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [each, version] : contracts) names.push_back(each);
  const std::string_view near = nearest(name, names);
  return fail(
      ErrorCode::kNotFound,
      near.empty()
          ? fmt::format("no file and no contract is called {}; there are {}", name, fmt::join(names, ", "))
          : fmt::format("no file and no contract is called {}; did you mean {}?", name, near));
}

}  // namespace

std::unique_ptr<FileHistory> history_of(const Path& folder) { return adapters::make_git_history(folder); }

Result<ContractFiles> read_contract_files(FileSystem& files, const Path& root) {
  ContractFiles contracts;
  auto entries = files.list(root / kFolder);
  if (!entries && entries.error().code == ErrorCode::kNotFound) return contracts;
  if (!entries) return fail(std::move(entries).error());
  for (const FileInfo& entry : *entries) {
    if (entry.is_directory || !entry.name.ends_with(kEnding)) continue;
    const Path path = root / kFolder / entry.name;
    HAUL_TRY(text, read_file(files, path));
    HAUL_TRY_VOID(add(contracts, text, path.string()));
  }
  return contracts;
}

Result<ContractFiles> read_contract_files_at(FileHistory& history, std::string_view revision) {
  ContractFiles contracts;
  HAUL_TRY(names, history.list(revision, kFolder));
  for (const std::string& name : names) {
    if (!name.ends_with(kEnding)) continue;
    const Path path = Path(kFolder) / name;
    HAUL_TRY(text, history.read(revision, path));
    HAUL_TRY_VOID(add(contracts, text, fmt::format("{}:{}", revision, path.generic_string())));
  }
  return contracts;
}

Result<contract::Version> find_contract(Platform& platform, const Path& root, const std::string& wanted) {
  auto text = read_file(platform.files(), wanted);
  if (text) return contract::Version::parse(*text, wanted);
  const std::size_t at = wanted.rfind('@');
  if (at == std::string::npos) {
    HAUL_TRY(contracts, read_contract_files(platform.files(), root));
    return find_in(contracts, wanted);
  }
  const auto history = history_of(root);
  HAUL_TRY(contracts, read_contract_files_at(*history, wanted.substr(at + 1)));
  return find_in(contracts, wanted.substr(0, at));
}

}  // namespace haul::app
