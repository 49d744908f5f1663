#include "haul/ingest/key_identities.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace haul::ingest {
namespace {

constexpr Hash128 kNullValue{0, 0x6E756C6CULL};  // "null": no hash of a value in practice

Hash128 combine(Hash128 left, Hash128 right) {
  const std::array<std::uint64_t, 4> words{left.high, left.low, right.high, right.low};
  return hash128({reinterpret_cast<const char*>(words.data()), sizeof(words)});
}

/// Calls `bytes_of(row)` for every row that is not null and folds its hash into the identities.
template <class BytesOf>
void fold(const arrow::Array& column, bool is_first, std::vector<Hash128>& identities, BytesOf bytes_of) {
  for (std::int64_t row = 0; row < column.length(); ++row) {
    const Hash128 value = column.IsNull(row) ? kNullValue : hash128(bytes_of(row));
    Hash128& identity = identities[static_cast<std::size_t>(row)];
    identity = is_first ? value : combine(identity, value);
  }
}

Result<void> fold_column(const arrow::Array& column, const std::string& name, bool is_first,
                         std::vector<Hash128>& identities) {
  const arrow::Type::type type = column.type_id();
  if (type == arrow::Type::STRING || type == arrow::Type::BINARY) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(column);
    fold(column, is_first, identities, [&texts](std::int64_t row) { return texts.GetView(row); });
    return {};
  }
  if (type == arrow::Type::BOOL) {
    const auto& flags = static_cast<const arrow::BooleanArray&>(column);
    fold(column, is_first, identities, [&flags](std::int64_t row) {
      return flags.Value(row) ? std::string_view("1") : std::string_view("0");
    });
    return {};
  }
  if (!arrow::is_primitive(type) && !arrow::is_decimal(type)) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("column {} of type {} cannot be part of a key: name a column "
                            "that is a number, a text, a time or a boolean",
                            name, column.type()->ToString()));
  }
  const auto width = static_cast<std::size_t>(column.type()->byte_width());
  const auto* values = reinterpret_cast<const char*>(column.data()->buffers[1]->data()) +
                       static_cast<std::size_t>(column.offset()) * width;
  fold(column, is_first, identities, [values, width](std::int64_t row) {
    return std::string_view(values + static_cast<std::size_t>(row) * width, width);
  });
  return {};
}

}  // namespace

Result<void> key_identities(const arrow::RecordBatch& batch, const std::vector<std::string>& columns,
                            std::vector<Hash128>& identities) {
  identities.resize(static_cast<std::size_t>(batch.num_rows()));
  bool is_first = true;
  for (const std::string& name : columns) {
    const auto column = batch.GetColumnByName(name);
    if (column == nullptr) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the key column {} is not among the columns", name));
    }
    HAUL_TRY_VOID(fold_column(*column, name, is_first, identities));
    is_first = false;
  }
  return {};
}

Result<void> given_keys(const arrow::RecordBatch& batch, const std::vector<std::string>& columns,
                        GivenKeys& keys, const std::vector<std::string>& beside) {
  std::vector<std::string> all = columns;
  all.insert(all.end(), beside.begin(), beside.end());
  HAUL_TRY_VOID(key_identities(batch, all, keys.identities));
  keys.rows.resize(keys.identities.size());
  std::vector<const arrow::Array*> nullable;
  for (const std::string& name : columns) {
    const auto column = batch.GetColumnByName(name);
    if (column->null_count() > 0) nullable.push_back(column.get());
  }
  if (nullable.empty()) {
    std::iota(keys.rows.begin(), keys.rows.end(), 0U);
    return {};
  }
  std::size_t given = 0;
  for (std::uint32_t row = 0; row < keys.rows.size(); ++row) {
    if (std::any_of(nullable.begin(), nullable.end(), [row](const auto* part) { return part->IsNull(row); }))
      continue;
    keys.identities[given] = keys.identities[row];
    keys.rows[given++] = row;
  }
  keys.identities.resize(given);
  keys.rows.resize(given);
  return {};
}

}  // namespace haul::ingest
