#include "haul/query/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "haul/lake/table.h"

namespace haul::query {

namespace {

/// A name stands for a folder: no part of it may lead out of the lake.
Result<void> require_plain_name(const DatasetName& name) {
  const std::size_t dot = name.find('.');
  if (dot != DatasetName::npos) {
    const std::string_view parts[] = {std::string_view(name).substr(0, dot),
                                      std::string_view(name).substr(dot + 1)};
    const bool plain = std::all_of(std::begin(parts), std::end(parts), [](std::string_view part) {
      return !part.empty() && part != "." && part != ".." && part.find('/') == std::string_view::npos;
    });
    if (plain) return {};
  }
  return fail(ErrorCode::kNotFound,
              fmt::format("there is no dataset {}: a name is a schema and a table", name));
}

}  // namespace

/// The data files that matched their checksum, as they were then. One line each: size, time of change, inode,
/// path.
class Catalog::VerifiedFiles {
 public:
  VerifiedFiles(FileSystem& files, Path memory) : files_(files), memory_(std::move(memory)) {}

  Result<void> verify(const Path& path) {
    load();
    HAUL_TRY(info, files_.info(path));
    std::string line = fmt::format("{} {} {} {}", info.bytes, info.modified_ns, info.inode, path.string());
    if (lines_.contains(line)) return {};
    HAUL_TRY_VOID(lake::verify_data_file(files_, path));
    lines_.insert(std::move(line));
    changed_ = true;
    return {};
  }

  /// Forgetting is harmless: a file is read once more then.
  void save() {
    if (!changed_ || memory_.empty()) return;
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    const bool made = files_.create_directories(memory_.parent_path()).has_value();
    changed_ = !(made && write_file_atomically(files_, memory_, text).has_value());
  }

 private:
  void load() {
    if (loaded_ || memory_.empty()) return;
    loaded_ = true;
    auto text = read_file(files_, memory_);
    if (!text) return;
    for (std::string_view rest = *text; !rest.empty();) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) break;  // a cut line: not remembered
      lines_.emplace(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
  }

  FileSystem& files_;
  Path memory_;
  std::unordered_set<std::string> lines_;
  bool loaded_ = false;
  bool changed_ = false;
};

Result<AsOf> AsOf::parse(std::string_view text) {
  AsOf as_of;
  if (text.empty()) return as_of;
  lake::Version version = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (problem == std::errc() && end == text.data() + text.size() && version >= 0) {
    as_of.version = version;
    return as_of;
  }
  auto time = parse_utc(text);
  if (!time) {
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("\"{}\" is neither a version nor a time; write 12 or 2026-01-01T12:00:00Z", text));
  }
  as_of.time = IngestTime{*time};
  return as_of;
}

Catalog::Catalog(FileSystem& files, lake::TableLogs& tables, Path lake_folder, Path verified_files)
    : files_(files),
      tables_(tables),
      lake_folder_(std::move(lake_folder)),
      verified_(std::make_unique<VerifiedFiles>(files, std::move(verified_files))) {}

Catalog::~Catalog() = default;

Path Catalog::folder_of(const DatasetName& name) const {
  const std::size_t dot = name.find('.');
  return lake_folder_ / name.substr(0, dot) / name.substr(dot + 1);
}

Result<std::vector<DatasetName>> Catalog::datasets() {
  std::vector<DatasetName> names;
  auto layers = files_.list(lake_folder_);
  if (!layers && layers.error().code == ErrorCode::kNotFound) return names;
  if (!layers) return fail(std::move(layers).error());
  for (const FileInfo& layer : *layers) {
    if (!layer.is_directory) continue;
    HAUL_TRY(tables, files_.list(lake_folder_ / layer.name));
    for (const FileInfo& table : tables) {
      const auto log = files_.info(lake_folder_ / layer.name / table.name / "_delta_log");
      if (log && log->is_directory) names.push_back(fmt::format("{}.{}", layer.name, table.name));
    }
  }
  return names;
}

Result<lake::Snapshot> Catalog::snapshot(const DatasetName& name, const AsOf& as_of) {
  HAUL_TRY_VOID(require_plain_name(name));
  HAUL_TRY(log, tables_.at(folder_of(name)));
  if (!log->exists()) {
    HAUL_TRY(known, datasets());
    const std::vector<std::string_view> names(known.begin(), known.end());
    const std::string_view near = nearest(name, names);
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no dataset {}; {}", name,
                            !near.empty() ? fmt::format("did you mean {}?", near)
                            : known.empty()
                                ? std::string("there are none yet: `haul ingest` and `haul run` make them")
                                : fmt::format("there are: {}", fmt::join(known, ", "))));
  }
  auto snapshot = log->snapshot(as_of.version, as_of.time);
  if (!snapshot) return fail(with_context(std::move(snapshot).error(), name));
  return snapshot;
}

Result<std::vector<Scan>> Catalog::pin(const std::vector<DatasetName>& names, const AsOf& as_of) {
  if (as_of.version && names.size() > 1) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("version {} cannot be that of {} at once: give a time instead", *as_of.version,
                            fmt::join(names, " and ")));
  }
  std::vector<Scan> scans;
  for (const DatasetName& name : names) {
    HAUL_TRY(pinned, snapshot(name, as_of));
    const std::size_t dot = name.find('.');
    Scan scan{name.substr(0, dot), name.substr(dot + 1), pinned.schema, {}, nullptr};
    for (lake::DataFile& file : pinned.files) {
      const Path path = folder_of(name) / file.path;
      auto verified = verified_->verify(path);
      if (!verified) return fail(with_context(std::move(verified).error(), name));
      scan.files.push_back({.path = path,
                            .deleted_rows = std::move(file.deleted_rows),
                            .partition_values = std::move(file.partition_values)});
    }
    scans.push_back(std::move(scan));
  }
  verified_->save();
  return scans;
}

}  // namespace haul::query
