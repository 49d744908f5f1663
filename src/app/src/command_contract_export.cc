#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "command.h"
#include "console.h"
#include "haul/contract/export.h"
#include "platform.h"
#include "project.h"

namespace haul::app {
namespace {

struct ContractText {
  std::string file;
  std::string yaml;
};

/// The file of a contract: `name` is that of a file itself, or of a contract of the project.
Result<ContractText> find_contract(FileSystem& files, const Path& root, const std::string& name) {
  Path path = name;
  if (!name.ends_with(".yaml") && !name.ends_with(".yml")) {
    ProjectProblems problems;  // those of the other files do not matter here
    HAUL_TRY(project, read_project(files, root, problems));
    const auto found = project.contracts.find(name);
    path = found == project.contracts.end() ? root / "contracts" / (name + ".odcs.yaml")
                                            : Path(found->second.file);
    if (found == project.contracts.end() && !files.info(path)) {
      std::vector<std::string_view> names;
      for (const auto& [known, contract] : project.contracts) names.push_back(known);
      const std::string_view near = nearest(name, names);
      return fail(ErrorCode::kNotFound,
                  fmt::format("the project has no contract {}{}", name,
                              near.empty() ? "; `haul check` names those it has and what is wrong with them"
                                           : fmt::format("; did you mean {}?", near)));
    }
  }
  HAUL_TRY(yaml, read_file(files, path));
  return ContractText{path.string(), std::move(yaml)};
}

}  // namespace

Result<Exit> command_contract_export(const CommandContext& context,
                                     const ContractExportArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(format, contract::export_format_named(arguments.as));
  HAUL_TRY(found, find_contract(platform.files(), context.project, arguments.name));
  HAUL_TRY(text, contract::export_contract(found.yaml, found.file, format));
  if (arguments.output.empty()) {
    HAUL_TRY_VOID(standard_output().append(as_bytes(text)));
  } else {
    HAUL_TRY_VOID(write_file_atomically(platform.files(), arguments.output, text));
  }
  return Exit::kDone;
}

}  // namespace haul::app
