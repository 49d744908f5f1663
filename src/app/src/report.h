#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "haul/base/result.h"

namespace haul::app {

/// A small table that a command prints: a few rows, made cell by cell.
class Report {
 public:
  using Cell = std::variant<std::monostate, std::string, std::int64_t, double>;

  explicit Report(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns. A column holds one kind of cell, and nulls (monostate).
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// The same table for the renderers.
  [[nodiscard]] std::shared_ptr<arrow::Table> to_arrow() const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace haul::app
