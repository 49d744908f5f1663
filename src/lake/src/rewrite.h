#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "haul/lake/data_file.h"
#include "haul/lake/table.h"
#include "staged_file.h"

namespace haul::lake {

/// Makes the data files of a table again for a wider schema. What was made for an attempt that was lost
/// serves the next one, as long as the schema is the same. One thread. Memory: one batch of rows, one row
/// group being written, and an entry for each file.
class Rewriter {
 public:
  /// `verifier` must outlive it.
  Rewriter(const LakeContext& context, Path folder, StagedNames staged, DataFileVerifier& verifier)
      : context_(context), folder_(std::move(folder)), staged_(std::move(staged)), verifier_(verifier) {}

  /// A new data file for each file of `table`, in their order, with its live rows in their order and the
  /// columns of `schema`: those that a file lacks are null. kCorrupt: a file fails its checksum or has other
  /// rows than the log says.  kNotFound: a file is gone.  kUnavailable: storage.
  Result<std::vector<DataFile>> rewrite(const Snapshot& table, const columnar::Schema& schema);

 private:
  Result<DataFile> rewrite_file(const DataFile& old, const columnar::Schema& schema);

  LakeContext context_;
  Path folder_;
  StagedNames staged_;
  DataFileVerifier& verifier_;
  columnar::Schema schema_;
  using Source = std::pair<std::string, std::vector<std::uint64_t>>;  // path, deleted rows
  std::map<Source, DataFile> made_;                                   // for schema_
};

}  // namespace haul::lake
