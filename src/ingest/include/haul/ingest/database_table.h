#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "haul/base/result.h"
#include "haul/contract/draft.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {

/// One column of a table of a database.
struct DatabaseColumn {
  std::string name;                       ///< One that a table of ours can have.
  std::shared_ptr<arrow::DataType> type;  ///< Null: a decimal number whose digits only the rows tell.
  contract::ColumnDeclaration declared;
};

/// A table of a database, as its catalog describes it.
struct DatabaseTableInfo {
  std::string origin;  ///< For people: "public.shipments of the database tms"; no password is in it.
  std::string name;    ///< One that a contract can have.
  std::vector<DatabaseColumn> columns;
  contract::TableDeclaration declared;
  std::uint64_t rows_estimated = 0;  ///< By the database's statistics; 0: it has none.
  std::uint64_t rows_max = 0;        ///< How many rows are read at most.
};

/// Port: a table of a database, as it was at one moment. One thread.
class DatabaseTable {
 public:
  virtual ~DatabaseTable() = default;
  [[nodiscard]] virtual const DatabaseTableInfo& info() const = 0;
  /// Its rows, or a sample of them, as CSV with the header of info(); each call gives the same rows again,
  /// from the first. Only one is read at a time. kUnavailable: the database is gone, or too slow;
  /// kInvalidInput: it does not let them be read. Either says what to do.
  virtual Result<std::unique_ptr<RowSplitter>> rows() = 0;
};

/// What a database declares about a table and what its rows show.
struct TableProfile {
  contract::Evidence evidence;
  std::uint64_t unreadable_rows = 0;  ///< Not UTF-8, or too long; not in the evidence.
};

/// Told now and then how many rows were read; false ends the reading (kUnavailable).
using RowsRead = std::function<bool(std::uint64_t)>;

/// Reads the rows once. A decimal number without declared digits becomes DECIMAL(38, s) with as many digits
/// behind the point as the rows show, or DOUBLE where they show none or too many. Values that the declared
/// type does not hold are counted. Memory and time as profile_csv().
Result<TableProfile> profile_table(DatabaseTable& table, const RowsRead& tell);

}  // namespace haul::ingest
