#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/columnar/schema.h"
#include "haul/ingest/drop.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"

namespace haul::ingest {

/// What has become of a partner's file, in the order in which it happens.
enum class FileState : std::uint8_t {
  kReceived,     ///< Seen whole.
  kValidated,    ///< It is what its manifest says; its name is one of the drop's.
  kLoaded,       ///< Its rows are in the tables.
  kQuarantined,  ///< The file itself was refused (`reason`).
  kDuplicate,    ///< Its content was loaded before.
  kSuperseded,   ///< A file of the same business date with a higher sequence stands for it.
};

[[nodiscard]] std::string_view to_string(FileState state);

/// A file of a source in a state: one row of `system.files`.
struct FileRecord {
  std::string source;
  std::string file;    ///< Its name in the drop.
  std::string sha256;  ///< Of its content. (file, sha256) is its identity within the source.
  FileState state = FileState::kReceived;
  std::string reason = {};      ///< For people: why it is in that state; often empty.
  std::string shown_name = {};  ///< How its rows call it (`_file`).
  std::uint64_t bytes = 0;
  NamedFile named = {};
  std::optional<std::uint64_t> rows =
      {};  ///< kLoaded: as received, good, refused, repeated. Unknown: nothing.
  std::optional<std::uint64_t> valid = {};
  std::optional<std::uint64_t> quarantined = {};
  std::optional<std::uint64_t> duplicates = {};
  IngestTime at = {};
};

/// Port: what became of every file, so that nothing is done twice. One thread.
class FileLedger {
 public:
  virtual ~FileLedger() = default;
  /// Every file of a source in its newest state, in the order of their first record.
  virtual Result<std::vector<FileRecord>> files(std::string_view source) = 0;
  /// Adds states, all or none. kUnavailable: storage; nothing was added.
  virtual Result<void> record(std::span<const FileRecord> records) = 0;
};

/// The ledger as the Delta table `system.files`, one row per state of a file. The references must outlive it.
std::unique_ptr<FileLedger> make_file_table(const lake::LakeContext& lake, query::SqlEngine& engine,
                                            Path lake_folder);

/// source, file, sha256, state, reason, shown_name, bytes, business_date, sequence, rows, valid, quarantined,
/// duplicates, changed_at.
[[nodiscard]] columnar::Schema file_schema();

}  // namespace haul::ingest
