#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/columnar/schema.h"
#include "haul/ingest/decoder.h"
#include "haul/query/sql_engine.h"

namespace haul::ingest {

/// The columns by which a corrected row says which quarantined row it stands for.
[[nodiscard]] const columnar::Schema& address_schema();

/// A file of corrected rows, in memory. A value.
class Corrections {
 public:
  /// kInvalidInput: a row whose address cannot be read, or that has none, with its line; a row that is too
  /// long.
  static Result<Corrections> read(FileSystem& files, const Path& path, const FormatOptions& format);

  /// The rows as a replay reads them from quarantine: payload, _header, and the identity of the pending row
  /// that each stands for. `pending` is a request whose SQL gives the pending rows. kInvalidInput: a row that
  /// stands for none of them, for several, or for the same one as another row, with its line.
  Result<std::shared_ptr<arrow::RecordBatch>> resolve(query::SqlEngine& engine,
                                                      query::QueryRequest pending) const;

 private:
  Result<void> add(const RawRows& rows, std::span<const std::uint64_t> lines, Decoder& addresses);
  [[nodiscard]] Error problem(std::size_t row, std::string_view what) const;

  std::string file_;
  std::string header_;
  std::vector<std::int32_t> ends_{0};
  std::string bytes_;
  std::vector<std::uint64_t> lines_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> addresses_;
};

}  // namespace haul::ingest
