#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/contract/contract.h"
#include "haul/ingest/rejections.h"
#include "haul/ingest/row_splitter.h"
#include "parquet_file.h"

namespace haul::inspection {

/// Rows in quarantine, as the platform's own tables name the columns: payload (the bytes as received),
/// _header, _file, _line, rules, reason, contract_id, contract_version. The payload may hold personal data
/// and has no statistics.
[[nodiscard]] columnar::Schema quarantine_schema();

/// Where the rows of one file come from.
struct Provenance {
  std::string header;  ///< The CSV header line; may be empty.
  std::string file;
  std::string contract_id;
  std::string contract_version;
};

/// Writes the rows that `rejections` and `rows.too_long` name, in the order of their lines. Errors as
/// ParquetFile::write().
Result<void> write_quarantine(ParquetFile& file, const Provenance& provenance, const ingest::SplitRows& rows,
                              const std::vector<ingest::Rejection>& rejections);

/// The rule by which the splitter did not pass a row on.
[[nodiscard]] inline std::string_view refusal_rule(const ingest::SplitRows::TooLong& row) {
  return row.rule.empty() ? ingest::kRowTooLong : std::string_view(row.rule);
}

}  // namespace haul::inspection
