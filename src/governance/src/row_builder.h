#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/columnar/schema.h"

namespace haul::governance {

/// Rows of a small table, cell by cell from left to right; the schema has texts, integers of 64 bits,
/// doubles, binaries and UTC times. A cell of another kind than its column is a bug. One thread.
class RowBuilder {
 public:
  explicit RowBuilder(const columnar::Schema& schema);
  ~RowBuilder();
  RowBuilder(const RowBuilder&) = delete;
  RowBuilder& operator=(const RowBuilder&) = delete;

  RowBuilder& text(std::string_view value);
  RowBuilder& integer(std::optional<std::int64_t> value);
  RowBuilder& number(std::optional<double> value);
  RowBuilder& bytes(std::string_view value);
  RowBuilder& time(IngestTime value);

  /// The rows so far; every row must be whole. kUnavailable: out of memory.
  Result<std::shared_ptr<arrow::RecordBatch>> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haul::governance
