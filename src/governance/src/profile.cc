#include "haul/governance/profile.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <utility>

#include "byte_text.h"
#include "distinct_sketch.h"
#include "exact_sum.h"
#include "haul/base/hash.h"
#include "haul/base/json.h"
#include "haul/base/time.h"
#include "quantile_sketch.h"

namespace haul::governance {
namespace {

constexpr char kForm = 1;
constexpr std::size_t kTextBytes = 64;

/// How the values of a column are looked at.
enum class Kind : std::uint8_t { kCounted, kText, kInteger, kFloating };

Kind kind_of(const columnar::Column& column) {
  if (column.privacy == columnar::Privacy::kPersonal) return Kind::kCounted;
  switch (column.type->id()) {
    case arrow::Type::STRING:
      return Kind::kText;
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
      return Kind::kFloating;
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::DATE32:
    case arrow::Type::TIMESTAMP:
      return Kind::kInteger;
    default:
      return Kind::kCounted;
  }
}

/// The first bytes of a text, cut between two characters: the order of texts is that of their beginnings.
std::string_view beginning(std::string_view text) {
  if (text.size() <= kTextBytes) return text;
  std::size_t end = kTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

struct ColumnProfile::State {
  explicit State(const columnar::Column& described)
      : name(described.name), type(described.type), kind(kind_of(described)) {}

  void add_integer(std::int64_t value) {
    if (distinct_and_bounds(spread(static_cast<std::uint64_t>(value)))) {
      low_integer = high_integer = value;
    } else {
      low_integer = std::min(low_integer, value);
      high_integer = std::max(high_integer, value);
    }
    sum.add(value);
    quantiles.add(static_cast<double>(value));
  }
  void add_number(double value) {
    if (!std::isfinite(value)) {
      ++not_finite;
      return;
    }
    value += 0.0;  // -0 is 0
    if (distinct_and_bounds(spread(std::bit_cast<std::uint64_t>(value)))) {
      low_number = high_number = value;
    } else {
      low_number = std::min(low_number, value);
      high_number = std::max(high_number, value);
    }
    sum.add(value);
    quantiles.add(value);
  }
  void add_text(std::string_view value) {
    const bool first = distinct_and_bounds(hash64(value));
    const std::string_view cut = beginning(value);
    if (first || cut < low_text) low_text = cut;
    if (first || cut > high_text) high_text = cut;
  }
  /// Counts the value; true for the first.
  bool distinct_and_bounds(std::uint64_t hash) {
    distinct.add(hash);
    return values++ == 0;
  }

  void merge_bounds(const State& other) {
    if (other.values == 0) return;
    const bool first = values == 0;
    low_integer = first ? other.low_integer : std::min(low_integer, other.low_integer);
    high_integer = first ? other.high_integer : std::max(high_integer, other.high_integer);
    low_number = first ? other.low_number : std::min(low_number, other.low_number);
    high_number = first ? other.high_number : std::max(high_number, other.high_number);
    if (first || other.low_text < low_text) low_text = other.low_text;
    if (first || other.high_text > high_text) high_text = other.high_text;
  }

  [[nodiscard]] std::string shown(std::int64_t integer, double number, const std::string& text) const {
    if (kind == Kind::kText) return text;
    if (kind == Kind::kFloating) return fmt::format("{}", number);
    switch (type->id()) {
      case arrow::Type::BOOL:
        return integer != 0 ? "true" : "false";
      case arrow::Type::DATE32:
        return format_utc(Micros(std::chrono::days(integer))).substr(0, 10);
      case arrow::Type::TIMESTAMP:
        return format_utc(Micros(integer));
      default:
        return fmt::format("{}", integer);
    }
  }

  std::string name;
  std::shared_ptr<arrow::DataType> type;  // shared: Arrow's own
  Kind kind;
  std::uint64_t rows = 0;
  std::uint64_t nulls = 0;
  std::uint64_t not_finite = 0;
  std::uint64_t values = 0;  ///< That count in everything below.
  std::int64_t low_integer = 0;
  std::int64_t high_integer = 0;
  double low_number = 0;
  double high_number = 0;
  std::string low_text;
  std::string high_text;
  DistinctSketch distinct;
  ExactSum sum;
  QuantileSketch quantiles;
};

namespace {

template <class Array, class Take>
void each_value(const arrow::Array& values, Take take) {
  const auto& typed = static_cast<const Array&>(values);
  if (typed.null_count() == 0) {
    for (std::int64_t row = 0; row < typed.length(); ++row) take(typed, row);
    return;
  }
  for (std::int64_t row = 0; row < typed.length(); ++row) {
    if (!typed.IsNull(row)) take(typed, row);
  }
}

template <class Array, class State>
void take_integers(State& state, const arrow::Array& values) {
  each_value<Array>(values, [&state](const Array& typed, std::int64_t row) {
    state.add_integer(static_cast<std::int64_t>(typed.Value(row)));
  });
}
template <class Array, class State>
void take_numbers(State& state, const arrow::Array& values) {
  each_value<Array>(values, [&state](const Array& typed, std::int64_t row) {
    state.add_number(static_cast<double>(typed.Value(row)));
  });
}
template <class State>
void take_decimals(State& state, const arrow::Array& values) {
  const auto scale = static_cast<const arrow::Decimal128Type&>(*values.type()).scale();
  each_value<arrow::Decimal128Array>(
      values, [&state, scale](const arrow::Decimal128Array& typed, std::int64_t row) {
        state.add_number(arrow::Decimal128(typed.GetValue(row)).ToDouble(scale));
      });
}

/// False: no type of a column.
template <class State>
bool take_values(State& state, const arrow::Array& values) {
  switch (values.type_id()) {
    case arrow::Type::STRING:
      each_value<arrow::StringArray>(values, [&state](const arrow::StringArray& typed, std::int64_t row) {
        state.add_text(typed.GetView(row));
      });
      return true;
    case arrow::Type::BOOL:
      take_integers<arrow::BooleanArray>(state, values);
      return true;
    case arrow::Type::INT8:
      take_integers<arrow::Int8Array>(state, values);
      return true;
    case arrow::Type::INT16:
      take_integers<arrow::Int16Array>(state, values);
      return true;
    case arrow::Type::INT32:
      take_integers<arrow::Int32Array>(state, values);
      return true;
    case arrow::Type::INT64:
      take_integers<arrow::Int64Array>(state, values);
      return true;
    case arrow::Type::DATE32:
      take_integers<arrow::Date32Array>(state, values);
      return true;
    case arrow::Type::TIMESTAMP:
      take_integers<arrow::TimestampArray>(state, values);
      return true;
    case arrow::Type::FLOAT:
      take_numbers<arrow::FloatArray>(state, values);
      return true;
    case arrow::Type::DOUBLE:
      take_numbers<arrow::DoubleArray>(state, values);
      return true;
    case arrow::Type::DECIMAL128:
      take_decimals(state, values);
      return true;
    default:
      return false;
  }
}

}  // namespace

ColumnProfile::ColumnProfile(const columnar::Column& column) : state_(std::make_unique<State>(column)) {}
ColumnProfile::~ColumnProfile() = default;
ColumnProfile::ColumnProfile(ColumnProfile&&) noexcept = default;
ColumnProfile& ColumnProfile::operator=(ColumnProfile&&) noexcept = default;

Result<void> ColumnProfile::add(const arrow::Array& values) {
  State& state = *state_;
  if (!values.type()->Equals(*state.type)) {
    return fail(ErrorCode::kInvalidInput, fmt::format("the profile of {} is of {}, not of {}", state.name,
                                                      state.type->ToString(), values.type()->ToString()));
  }
  state.rows += static_cast<std::uint64_t>(values.length());
  state.nulls += static_cast<std::uint64_t>(values.null_count());
  if (state.kind == Kind::kCounted || take_values(state, values)) return {};
  return fail(ErrorCode::kInvalidInput, fmt::format("no profile is kept of {}", values.type()->ToString()));
}

Result<void> ColumnProfile::merge(const ColumnProfile& other) {
  State& state = *state_;
  if (state.kind != other.state_->kind || !state.type->Equals(*other.state_->type)) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the profiles of {} are of different types", state.name));
  }
  state.merge_bounds(*other.state_);
  state.rows += other.state_->rows;
  state.nulls += other.state_->nulls;
  state.not_finite += other.state_->not_finite;
  state.values += other.state_->values;
  state.distinct.merge(other.state_->distinct);
  state.sum.merge(other.state_->sum);
  state.quantiles.merge(other.state_->quantiles);
  return {};
}

ColumnSummary ColumnProfile::summary() const {
  const State& state = *state_;
  ColumnSummary out{
      .name = state.name, .rows = state.rows, .nulls = state.nulls, .not_finite = state.not_finite};
  if (state.kind == Kind::kCounted) return out;
  out.distinct = static_cast<std::uint64_t>(std::llround(state.distinct.estimate()));
  if (state.values == 0) return out;
  out.min = state.shown(state.low_integer, state.low_number, state.low_text);
  out.max = state.shown(state.high_integer, state.high_number, state.high_text);
  if (state.kind == Kind::kText) return out;
  const bool is_time = state.type->id() == arrow::Type::DATE32 || state.type->id() == arrow::Type::TIMESTAMP;
  if (!is_time) out.mean = state.sum.value() / static_cast<double>(state.values);
  for (const double share : kQuantiles) out.quantiles.push_back(state.quantiles.quantile(share));
  return out;
}

std::string ColumnProfile::encode() const {
  const State& state = *state_;
  std::string out(1, kForm);
  for (const std::uint64_t count : {state.rows, state.nulls, state.not_finite, state.values}) {
    append_number(out, count);
  }
  if (state.kind == Kind::kCounted) return out;
  append_number(out, static_cast<std::uint64_t>(state.low_integer));
  append_number(out, static_cast<std::uint64_t>(state.high_integer));
  append_number(out, std::bit_cast<std::uint64_t>(state.low_number));
  append_number(out, std::bit_cast<std::uint64_t>(state.high_number));
  const std::string sum = state.sum.encode();
  const std::string quantiles = state.quantiles.encode();
  for (const std::string_view part :
       {std::string_view(state.low_text), std::string_view(state.high_text), state.distinct.bytes(),
        std::string_view(sum), std::string_view(quantiles)}) {
    append_number(out, part.size());
    out += part;
  }
  return out;
}

Result<ColumnProfile> ColumnProfile::decode(const columnar::Column& column, std::string_view bytes) {
  ColumnProfile profile(column);
  State& state = *profile.state_;
  const auto broken = [&column] {
    return fail(ErrorCode::kCorrupt, fmt::format("the bytes are no profile of the column {}", column.name));
  };
  if (bytes.empty() || bytes.front() != kForm) return broken();
  NumberReader reader(bytes.substr(1));
  for (std::uint64_t* count : {&state.rows, &state.nulls, &state.not_finite, &state.values}) {
    *count = reader.next();
  }
  if (state.kind == Kind::kCounted) {
    if (!reader.at_end()) return broken();
    return profile;
  }
  state.low_integer = static_cast<std::int64_t>(reader.next());
  state.high_integer = static_cast<std::int64_t>(reader.next());
  state.low_number = std::bit_cast<double>(reader.next());
  state.high_number = std::bit_cast<double>(reader.next());
  state.low_text = reader.bytes(reader.next());
  state.high_text = reader.bytes(reader.next());
  auto distinct = DistinctSketch::from_bytes(reader.bytes(reader.next()));
  auto sum = ExactSum::decode(reader.bytes(reader.next()));
  auto quantiles = QuantileSketch::decode(reader.bytes(reader.next()));
  if (!distinct || !sum || !quantiles || !reader.at_end()) return broken();
  state.distinct = std::move(*distinct);
  state.sum = *sum;
  state.quantiles = std::move(*quantiles);
  return profile;
}

Profile::Profile(const columnar::Schema& schema) {
  for (const columnar::Column& column : schema.columns) {
    names_.push_back(column.name);
    columns_.emplace_back(column);
  }
}

Result<void> Profile::add(const arrow::RecordBatch& batch) {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto values = batch.GetColumnByName(names_[i]);
    if (values == nullptr) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the batch has no column {}", names_[i]));
    }
    HAUL_TRY_VOID(columns_[i].add(*values));
  }
  return {};
}

}  // namespace haul::governance
