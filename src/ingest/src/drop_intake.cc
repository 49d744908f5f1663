#include "haul/ingest/drop_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "haul/ingest/topic_loader.h"

namespace haul::ingest {
namespace {

constexpr std::array<std::string_view, 4> kTemporarySuffixes = {".tmp", ".part", ".partial", ".filepart"};

bool is_temporary(std::string_view name) {
  return name.starts_with('.') ||
         std::any_of(kTemporarySuffixes.begin(), kTemporarySuffixes.end(),
                     [name](std::string_view suffix) { return name.ends_with(suffix); });
}

/// A file that lies in the drop, whole.
struct Candidate {
  FileInfo info;
  std::optional<NamedFile> named;  ///< Nothing: its name is none of the drop's.
  bool lacks_manifest = false;     ///< It waits for its manifest, unless it was settled before.

  [[nodiscard]] auto order() const {
    const NamedFile says = named.value_or(NamedFile{});
    return std::tuple(says.date, says.sequence, info.name);
  }
};

class Intake {
 public:
  Intake(const std::string& source, Path folder, const DropOptions& drop, const IntakeContext& context)
      : source_(source), folder_(std::move(folder)), drop_(drop), context_(context) {}

  Result<IntakeReport> run();

 private:
  Result<std::vector<Candidate>> candidates();
  Result<void> settle(const Candidate& candidate);
  /// The state in which the file is now final; nothing: it is to be loaded.
  Result<std::optional<FileRecord>> judge(FileRecord& record, const Candidate& candidate);
  Result<std::string> reason_to_refuse(const FileRecord& record, const Candidate& candidate);
  Result<FileRecord> load(FileRecord record);
  Result<void> finish(const FileRecord& record);
  Result<void> move(const std::string& name, const FileRecord& record);
  Result<void> record(std::vector<FileRecord> records);
  /// Whether a file of this name and size has reached its final state.
  [[nodiscard]] bool may_be_settled(const FileInfo& info) const {
    return std::any_of(known_.begin(), known_.end(), [&info](const FileRecord& each) {
      return each.file == info.name && each.bytes == info.bytes && each.state >= FileState::kLoaded;
    });
  }
  /// Its place in known_, or the end.
  std::vector<FileRecord>::iterator known(const FileRecord& file) {
    return std::find_if(known_.begin(), known_.end(), [&file](const FileRecord& each) {
      return each.file == file.file && each.sha256 == file.sha256;
    });
  }
  [[nodiscard]] std::string shown_name(const FileRecord& record) const;
  [[nodiscard]] std::vector<FileRecord> same_date(const FileRecord& record) const;
  [[nodiscard]] FileRecord in_state(FileRecord record, FileState state, std::string reason = {}) const {
    record.state = state;
    record.reason = std::move(reason);
    record.at = context_.clock.now();
    return record;
  }

  const std::string& source_;
  const Path folder_;
  const DropOptions& drop_;
  const IntakeContext& context_;
  std::vector<FileRecord> known_;  ///< The ledger, kept up to date.
  IntakeReport report_;
};

Result<IntakeReport> Intake::run() {
  HAUL_TRY(found, candidates());
  if (found.empty()) return report_;
  HAUL_TRY(ledger, context_.ledger.files(source_));
  known_ = std::move(ledger);
  for (const Candidate& candidate : found) {
    auto settled = settle(candidate);
    if (!settled) return fail(with_context(std::move(settled).error(), candidate.info.name));
  }
  return report_;
}

Result<std::vector<Candidate>> Intake::candidates() {
  HAUL_TRY(entries, context_.files.list(folder_));
  std::set<std::string, std::less<>> names;
  for (const FileInfo& entry : entries) names.insert(entry.name);
  std::vector<Candidate> found;
  const std::int64_t now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(context_.clock.now().time_since_epoch()).count();
  for (FileInfo& entry : entries) {
    if (entry.is_directory || is_temporary(entry.name) || entry.name.ends_with(kManifestSuffix)) continue;
    const bool has_manifest = names.contains(entry.name + std::string(kManifestSuffix));
    const bool changed_lately =
        drop_.quiet > Micros{0} && now_ns - entry.modified_ns < drop_.quiet / std::chrono::nanoseconds{1};
    if (changed_lately) {
      ++report_.waiting;
      continue;
    }
    auto named = drop_.name ? drop_.name->match(entry.name) : NamedFile{};
    found.push_back({std::move(entry), named, drop_.ready == Readiness::kManifest && !has_manifest});
  }
  std::sort(found.begin(), found.end(),
            [](const Candidate& a, const Candidate& b) { return a.order() < b.order(); });
  return found;
}

Result<void> Intake::settle(const Candidate& candidate) {
  // Only a file that was settled before goes on without its manifest, and only reading it whole tells.
  if (candidate.lacks_manifest && !may_be_settled(candidate.info)) {
    ++report_.waiting;
    return {};
  }
  const Path path = folder_ / candidate.info.name;
  HAUL_TRY(sha256, file_sha256(context_.files, path));
  FileRecord file{.source = source_,
                  .file = candidate.info.name,
                  .sha256 = sha256,
                  .bytes = candidate.info.bytes,
                  .named = candidate.named.value_or(NamedFile{})};
  const auto before = known(file);
  if (before != known_.end() && before->state >= FileState::kLoaded) {
    // Recorded, but not moved yet; or the same file dropped once more.
    FileRecord again = *before;
    if (again.state == FileState::kLoaded) again.reason = "loaded before: nothing to do";
    return finish(again);
  }
  if (candidate.lacks_manifest) {
    ++report_.waiting;
    return {};
  }
  file.shown_name = before != known_.end() ? before->shown_name : shown_name(file);
  if (before == known_.end()) HAUL_TRY_VOID(record({in_state(file, FileState::kReceived)}));
  HAUL_TRY(final_state, judge(file, candidate));
  if (final_state) {
    HAUL_TRY_VOID(record({*final_state}));
    return finish(*final_state);
  }
  HAUL_TRY(loaded, load(std::move(file)));
  return finish(loaded);
}

Result<std::optional<FileRecord>> Intake::judge(FileRecord& file, const Candidate& candidate) {
  HAUL_TRY(refusal, reason_to_refuse(file, candidate));
  if (!refusal.empty()) return in_state(file, FileState::kQuarantined, refusal);
  for (const FileRecord& other : known_) {
    const bool was_loaded = other.state == FileState::kLoaded || other.state == FileState::kSuperseded;
    if (other.sha256 == file.sha256 && other.file != file.file && was_loaded) {
      return in_state(file, FileState::kDuplicate, fmt::format("has the content of {}", other.file));
    }
  }
  for (const FileRecord& other : same_date(file)) {
    if (other.state == FileState::kLoaded && other.named.sequence > file.named.sequence) {
      return in_state(file, FileState::kSuperseded,
                      fmt::format("{} with a higher sequence was loaded before it came", other.file));
    }
  }
  return std::optional<FileRecord>();
}

/// Empty: the file is what it should be.
Result<std::string> Intake::reason_to_refuse(const FileRecord& file, const Candidate& candidate) {
  if (!candidate.named) return std::string("its name does not match the pattern of the source");
  const Path path = folder_ / file.file;
  auto text = read_file(context_.files, path.string() + std::string(kManifestSuffix));
  if (!text && text.error().code == ErrorCode::kNotFound) return std::string();
  if (!text) return fail(std::move(text).error());
  const auto manifest = parse_manifest(*text, file.file);
  if (!manifest) return manifest.error().message;
  if (manifest->bytes && *manifest->bytes != file.bytes) {
    return fmt::format("its manifest says {} bytes, it has {}", *manifest->bytes, file.bytes);
  }
  if (manifest->sha256 && *manifest->sha256 != file.sha256) {
    return fmt::format("its manifest says SHA-256 {}, it has {}", *manifest->sha256, file.sha256);
  }
  if (!manifest->rows) return std::string();
  auto rows = context_.count_rows(path);
  if (!rows && rows.error().code == ErrorCode::kInvalidInput) return rows.error().message;
  if (!rows) return fail(std::move(rows).error());
  if (*rows == *manifest->rows) return std::string();
  return fmt::format("its manifest says {} rows, it has {}", *manifest->rows, *rows);
}

Result<FileRecord> Intake::load(FileRecord file) {
  if (known(file)->state < FileState::kValidated)
    HAUL_TRY_VOID(record({in_state(file, FileState::kValidated)}));
  DroppedFile dropped{folder_ / file.file, file.shown_name, {}};
  std::vector<FileRecord> states;
  for (const FileRecord& older : same_date(file)) {
    if (older.state != FileState::kLoaded) continue;
    dropped.supersedes.push_back(older.shown_name);
    states.push_back(in_state(older, FileState::kSuperseded, fmt::format("{} stands for it", file.file)));
  }
  auto loaded = context_.load(dropped);
  if (!loaded && loaded.error().code != ErrorCode::kInvalidInput) return fail(std::move(loaded).error());
  if (!loaded) {
    const FileRecord refused = in_state(std::move(file), FileState::kQuarantined, loaded.error().message);
    HAUL_TRY_VOID(record({refused}));
    return refused;
  }
  file.rows = loaded->rows;
  file.valid = loaded->valid;
  file.quarantined = loaded->quarantined;
  file.duplicates = loaded->duplicates;
  file = in_state(std::move(file), FileState::kLoaded);
  states.push_back(file);
  HAUL_TRY_VOID(record(std::move(states)));
  return file;
}

/// The other files of the same business date, where one stands for another.
std::vector<FileRecord> Intake::same_date(const FileRecord& file) const {
  std::vector<FileRecord> found;
  if (!drop_.corrects || !file.named.date) return found;
  for (const FileRecord& other : known_) {
    const bool is_itself = other.file == file.file && other.sha256 == file.sha256;
    if (!is_itself && other.named.date == file.named.date) found.push_back(other);
  }
  return found;
}

/// Other content under a name that was seen before is told apart by a number.
std::string Intake::shown_name(const FileRecord& file) const {
  const auto before = std::count_if(known_.begin(), known_.end(),
                                    [&file](const FileRecord& other) { return other.file == file.file; });
  return before == 0 ? file.file : fmt::format("{}#{}", file.file, before + 1);
}

Result<void> Intake::record(std::vector<FileRecord> records) {
  HAUL_TRY_VOID(context_.ledger.record(records));
  for (FileRecord& added : records) {
    const auto same = known(added);
    if (same == known_.end()) {
      known_.push_back(std::move(added));
    } else {
      *same = std::move(added);
    }
  }
  return {};
}

Result<void> Intake::finish(const FileRecord& file) {
  const bool is_loaded = file.state == FileState::kLoaded || file.state == FileState::kDuplicate;
  if (is_loaded && context_.answer)
    HAUL_TRY_VOID(context_.answer({folder_ / file.file, file.shown_name, {}}));
  // The manifest goes first: a file that is left alone is known by the ledger, a manifest is not.
  auto moved = move(file.file + std::string(kManifestSuffix), file);
  if (!moved && moved.error().code != ErrorCode::kNotFound) return moved;
  HAUL_TRY_VOID(move(file.file, file));
  report_.settled.push_back(file);
  return {};
}

/// Into the folder of its state; under a name with its hash where there is a file of that name already.
Result<void> Intake::move(const std::string& name, const FileRecord& file) {
  HAUL_TRY_VOID(context_.files.info(folder_ / name));
  const Path folder = folder_ / to_string(file.state);
  HAUL_TRY_VOID(context_.files.create_directories(folder));
  Path target = folder / name;
  if (context_.files.info(target)) target = folder / fmt::format("{}.{}", file.sha256.substr(0, 12), name);
  HAUL_TRY_VOID(context_.files.rename(folder_ / name, target));
  HAUL_TRY_VOID(context_.files.sync_directory(folder));
  return context_.files.sync_directory(folder_);
}

}  // namespace

Result<IntakeReport> take_in(const std::string& source, const Path& folder, const DropOptions& drop,
                             const IntakeContext& context) {
  return Intake(source, folder, drop, context).run();
}

}  // namespace haul::ingest
