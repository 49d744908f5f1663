#pragma once

#include <arrow/type_fwd.h>

#include <functional>

#include "haul/inspection/file_check.h"

namespace haul::inspection {

struct ReferenceRead {
  const InputFile& file;
  const columnar::Schema& schema;  ///< The columns to read.
  std::size_t threads = 1;
};

/// Decodes a reference file batch by batch, on all threads, and gives each batch to `take`: in the order of
/// the file, one at a time, on any thread. kInvalidInput: a row of it cannot be read; a relationship to a
/// file with holes would say nothing.
Result<void> read_reference(FileSystem& files, const ReferenceRead& read,
                            const std::function<Result<void>(const arrow::RecordBatch&)>& take);

/// The reference of a dataset: "vehicles" or "silver.vehicles". Null: it was not given.
[[nodiscard]] const ReferenceFile* find_reference(const FileCheck& check, std::string_view dataset);

}  // namespace haul::inspection
