#include "content_hash.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "haul/base/hash.h"
#include "haul/query/cell.h"

namespace haul::ingest {
namespace {

/// SplitMix64's finisher: every bit of `value` reaches every bit of the result.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

/// Adds `value_of(row)`, mixed with the column's own number, to the hash of every row that is not null.
template <class ValueOf>
void add(const arrow::Array& column, std::uint64_t name, std::vector<std::uint64_t>& hashes,
         ValueOf value_of) {
  std::uint64_t* const hash = hashes.data();
  if (column.null_count() == 0) {
    for (std::int64_t row = 0; row < column.length(); ++row) hash[row] += mixed(value_of(row) ^ name);
    return;
  }
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (column.IsValid(row)) hash[row] += mixed(value_of(row) ^ name);
  }
}

/// Values of `Unsigned`'s width, whatever their type.
template <class Unsigned>
void add_fixed(const arrow::Array& column, std::uint64_t name, std::vector<std::uint64_t>& hashes) {
  const auto* values = reinterpret_cast<const Unsigned*>(column.data()->buffers[1]->data()) + column.offset();
  // The multiplication spreads small numbers, so that `name` does not meet them bit by bit.
  add(column, name, hashes,
      [values](std::int64_t row) { return (std::uint64_t{values[row]} + 1) * 0x9E3779B97F4A7C15ULL; });
}

void add_column(const arrow::Array& column, std::uint64_t name, std::vector<std::uint64_t>& hashes) {
  const arrow::Type::type type = column.type_id();
  if (type == arrow::Type::STRING || type == arrow::Type::BINARY) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(column);
    add(column, name, hashes, [&texts](std::int64_t row) { return hash64(texts.GetView(row)); });
    return;
  }
  if (type == arrow::Type::BOOL) {
    const auto& flags = static_cast<const arrow::BooleanArray&>(column);
    add(column, name, hashes, [&flags](std::int64_t row) { return flags.Value(row) ? 2ULL : 1ULL; });
    return;
  }
  if (arrow::is_nested(type)) {
    std::string text;
    add(column, name, hashes, [&](std::int64_t row) {
      text.clear();
      query::append_json(text, column, row);
      return hash64(text);
    });
    return;
  }
  switch (column.type()->byte_width()) {
    case 1:
      return add_fixed<std::uint8_t>(column, name, hashes);
    case 2:
      return add_fixed<std::uint16_t>(column, name, hashes);
    case 4:
      return add_fixed<std::uint32_t>(column, name, hashes);
    case 8:
      return add_fixed<std::uint64_t>(column, name, hashes);
    default:
      break;
  }
  const auto& wide = static_cast<const arrow::FixedSizeBinaryArray&>(column);  // decimals too
  add(column, name, hashes, [&wide](std::int64_t row) { return hash64(wide.GetView(row)); });
}

}  // namespace

Result<void> content_hashes(const arrow::RecordBatch& rows, const columnar::Schema& schema,
                            std::vector<std::uint64_t>& hashes) {
  hashes.assign(static_cast<std::size_t>(rows.num_rows()), 0);
  for (const columnar::Column& wanted : schema.columns) {
    const auto column = rows.GetColumnByName(wanted.name);
    if (column == nullptr) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the column {} is not among those of the rows", wanted.name));
    }
    add_column(*column, hash64(wanted.name), hashes);
  }
  for (std::uint64_t& hash : hashes) {
    if (hash == 0) hash = 1;
  }
  return {};
}

}  // namespace haul::ingest
