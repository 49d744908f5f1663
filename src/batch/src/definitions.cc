#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "haul/batch/project.h"
#include "problems.h"

namespace haul::batch {
namespace {

/// Entries of a folder; none where it does not exist.
Result<std::vector<FileInfo>> entries_of(FileSystem& files, const Path& folder) {
  auto entries = files.list(folder);
  if (!entries && entries.error().code == ErrorCode::kNotFound) return std::vector<FileInfo>();
  return entries;
}

Result<std::vector<std::string>> sql_files(FileSystem& files, const Path& folder) {
  HAUL_TRY(entries, entries_of(files, folder));
  std::vector<std::string> out;
  for (const FileInfo& entry : entries) {
    if (!entry.is_directory && Path(entry.name).extension() == ".sql") out.push_back(entry.name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<Model> load_model(FileSystem& files, const Path& project, const Path& file) {
  HAUL_TRY(text, read_file(files, project / file));
  HAUL_TRY(model, parse_model(text, file.generic_string()));
  const std::string expected = file.parent_path().filename().string() + "." + file.stem().string();
  if (model.name == expected) return model;
  return fail(ErrorCode::kInvalidInput, fmt::format("{}: holds the model {}; it must be called {}",
                                                    file.generic_string(), model.name, expected));
}

Result<Audit> load_audit(FileSystem& files, const Path& project, const Path& file) {
  HAUL_TRY(text, read_file(files, project / file));
  HAUL_TRY(audit, parse_audit(text, file.generic_string()));
  if (audit.name == file.stem().string()) return audit;
  return fail(ErrorCode::kInvalidInput, fmt::format("{}: holds the audit {}; it must be called {}",
                                                    file.generic_string(), audit.name, file.stem().string()));
}

}  // namespace

Result<Definitions> load_definitions(FileSystem& files, const Path& project) {
  Definitions out;
  Problems problems;
  for (const char* layer : {"gold", "silver"}) {
    const Path folder = Path("models") / layer;
    HAUL_TRY(names, sql_files(files, project / folder));
    for (const std::string& name : names) {
      auto model = load_model(files, project, folder / name);
      if (problems.add_if_failed(model)) continue;
      out.models.push_back(*std::move(model));
    }
  }
  HAUL_TRY(names, sql_files(files, project / "audits"));
  for (const std::string& name : names) {
    auto audit = load_audit(files, project, Path("audits") / name);
    if (problems.add_if_failed(audit)) continue;
    out.audits.push_back(*std::move(audit));
  }
  HAUL_TRY_VOID(problems.result());
  return out;
}

}  // namespace haul::batch
