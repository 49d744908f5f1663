#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/ingest/drop.h"
#include "haul/ingest/file_ledger.h"

namespace haul::ingest {

/// A dropped file that is to be loaded.
struct DroppedFile {
  Path path;
  std::string
      shown_name;  ///< For `_file`: the file's name, with "#2", "#3" for other content of the same name.
  /// Shown names of the files whose rows this one stands for: they leave silver in the commit that brings its
  /// rows.
  std::vector<std::string> supersedes;
};

/// How many rows a load brought; nothing where that is known only later (a topic).
struct LoadedRows {
  std::optional<std::uint64_t> rows;
  std::optional<std::uint64_t> valid;
  std::optional<std::uint64_t> quarantined;
  std::optional<std::uint64_t> duplicates;
};

/// What an intake works with. The references must outlive it.
struct IntakeContext {
  FileSystem& files;
  const Clock& clock;
  FileLedger& ledger;
  /// Rows of a file, counted as the splitter does, for manifests that say how many there are.
  std::function<Result<std::uint64_t>(const Path&)> count_rows;
  /// Loads a file, once however often it is called (load_into_table(), load_into_topic()). kInvalidInput: the
  /// file is refused as a whole.  Other errors: it stays where it is.
  std::function<Result<LoadedRows>(const DroppedFile&)> load;
  /// Tells the sender of a file whose rows were loaded, now or before; called each time the file is dropped,
  /// again after a crash, and before it is moved away. An error leaves it where it is. May be empty.
  std::function<Result<void>(const DroppedFile&)> answer = {};
};

/// What one look into a drop did.
struct IntakeReport {
  std::vector<FileRecord> settled;  ///< Files in their final state.
  std::size_t waiting = 0;          ///< Without a manifest yet, or changed a moment ago.
};

/// Takes in what lies in the drop's folder: checks each whole file, loads it once, records its states in the
/// ledger and moves it into loaded/, quarantined/, duplicate/ or superseded/ beside it. In the order of
/// business date, sequence and name. A crash at any point repeats nothing: the ledger and the tables say what
/// was done. One thread per drop. kUnavailable: storage; call again.  kNotFound: the folder is missing.
Result<IntakeReport> take_in(const std::string& source, const Path& folder, const DropOptions& drop,
                             const IntakeContext& context);

}  // namespace haul::ingest
