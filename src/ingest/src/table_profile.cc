#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include <algorithm>

#include "csv_record.h"
#include "haul/base/json.h"
#include "haul/ingest/database_table.h"
#include "text_values.h"
#include "value_profile.h"

namespace haul::ingest {
namespace {

constexpr std::int32_t kDigitsMax = 38;  // of a decimal

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// How many digits decimal numbers have before and behind the point.
class Digits {
 public:
  /// False where `number` has none, as NaN.
  bool add(std::string_view number) {
    if (number.starts_with('-')) number.remove_prefix(1);
    const std::size_t point = std::min(number.find('.'), number.size());
    const std::string_view fraction = number.substr(std::min(point + 1, number.size()));
    if (point == 0 ||
        !std::all_of(number.begin(), number.begin() + static_cast<std::ptrdiff_t>(point), is_digit) ||
        !std::all_of(fraction.begin(), fraction.end(), is_digit)) {
      return false;
    }
    before_ = std::max(before_, point);
    behind_ = std::max(behind_, fraction.size());
    return true;
  }

  /// Null where they say nothing, or are too many for one.
  [[nodiscard]] std::shared_ptr<arrow::DataType> type() const {
    if (before_ == 0 || before_ + behind_ > static_cast<std::size_t>(kDigitsMax)) return nullptr;
    return arrow::decimal128(kDigitsMax, static_cast<std::int32_t>(behind_));
  }

  [[nodiscard]] std::string note() const {
    if (before_ == 0)
      return "its type states no digits, and no row shows any: kept as DOUBLE, which has about 15 of them";
    const std::string most = fmt::format(
        "its type states no digits, or too many; the rows have up to {} before and {} behind the point", before_, behind_);
    return type() ? fmt::format("{}: kept as DECIMAL({},{})", most, kDigitsMax, behind_)
                  : most + ": kept as DOUBLE, which has about 15 of them";
  }

 private:
  std::size_t before_ = 0;
  std::size_t behind_ = 0;
};

/// Whether a column of `type` holds the value that `text` writes.
bool holds(const arrow::DataType& type, std::string_view text) {
  std::int64_t micros = 0;
  std::int32_t days = 0;
  double number = 0;
  float real = 0;
  switch (type.id()) {
    case arrow::Type::DATE32:
      return parse_date(text, &days);
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty()
                 ? parse_local_time(text, &micros)
                 : parse_instant(text, 0, &micros);
    case arrow::Type::FLOAT:
      return parse_float(text, &real);
    case arrow::Type::DOUBLE:
      return parse_double(text, &number);
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      arrow::Decimal128 value;
      return parse_decimal(text, decimal.precision(), decimal.scale(), &value);
    }
    default:
      return true;
  }
}

/// One column of the table: what it is declared to be and what its values show.
class TableColumn {
 public:
  explicit TableColumn(const DatabaseColumn& column) : column_(column) {}

  void add(const CsvField& field) {
    if (!field.quoted && field.text.empty()) return values_.add_null();
    const bool fits = column_.type ? holds(*column_.type, field.text) : digits_.add(field.text);
    if (fits) return values_.add(field.text);
    if (unfit_++ == 0) unfit_example_ = field.text;
    values_.add_unseen(1);
  }

  [[nodiscard]] contract::ColumnEvidence finish() {
    std::shared_ptr<arrow::DataType> type = column_.type;
    if (!type) type = digits_.type();
    contract::ColumnEvidence evidence = values_.finish(column_.name, type ? type : arrow::float64());
    evidence.declared = column_.declared;
    if (!column_.type) evidence.declared->notes.push_back(digits_.note());
    evidence.unfit = unfit_;
    if (unfit_ > 0) evidence.unfit_example = quoted_value(unfit_example_);
    return evidence;
  }

 private:
  const DatabaseColumn& column_;
  ValueProfile values_;
  Digits digits_;
  std::uint64_t unfit_ = 0;
  std::string unfit_example_;
};

class TableProfiler {
 public:
  explicit TableProfiler(const DatabaseTableInfo& info) : info_(info), record_(',', '"') {
    for (const DatabaseColumn& column : info.columns) columns_.emplace_back(column);
  }

  void add(const SplitRows& rows) {
    const RawRows raw = rows.view();
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto begin = static_cast<std::size_t>(raw.ends[row]);
      const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
      add_row({reinterpret_cast<const char*>(raw.bytes.data()) + begin, end - begin});
    }
    unreadable_ += rows.too_long.size();
  }

  [[nodiscard]] std::uint64_t rows() const { return rows_ + unreadable_; }

  TableProfile finish() {
    TableProfile profile{.evidence = {.origin = info_.origin, .rows = rows_, .declared = info_.declared},
                         .unreadable_rows = unreadable_};
    // Where as many rows were read as may be, there can be others.
    if (rows() >= info_.rows_max) profile.evidence.sampled_from = std::max(info_.rows_estimated, rows());
    for (TableColumn& column : columns_) profile.evidence.columns.push_back(column.finish());
    return profile;
  }

 private:
  void add_row(std::string_view text) {
    if (!is_utf8(text) || record_.split(text) != nullptr || record_.fields().size() != columns_.size()) {
      ++unreadable_;
      return;
    }
    ++rows_;
    for (std::size_t index = 0; index < columns_.size(); ++index)
      columns_[index].add(record_.fields()[index]);
  }

  const DatabaseTableInfo& info_;
  CsvRecord record_;
  std::vector<TableColumn> columns_;
  std::uint64_t rows_ = 0;
  std::uint64_t unreadable_ = 0;
};

}  // namespace

Result<TableProfile> profile_table(DatabaseTable& table, const RowsRead& tell) {
  HAUL_TRY(rows, table.rows());
  TableProfiler profiler(table.info());
  for (bool last = false; !last;) {
    HAUL_TRY(read, rows->next());
    profiler.add(read);
    last = read.last;
    if (!tell(profiler.rows())) return fail(ErrorCode::kUnavailable, "interrupted; nothing was written");
  }
  return profiler.finish();
}

}  // namespace haul::ingest
