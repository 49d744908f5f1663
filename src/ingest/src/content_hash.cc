#include "content_hash.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <cstring>

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
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (column.IsValid(row)) hashes[static_cast<std::size_t>(row)] += mixed(value_of(row) ^ name);
  }
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
  const auto width = static_cast<std::size_t>(column.type()->byte_width());
  const auto* values = column.data()->buffers[1]->data() + static_cast<std::size_t>(column.offset()) * width;
  if (width > sizeof(std::uint64_t)) {
    add(column, name, hashes, [values, width](std::int64_t row) {
      return hash64({reinterpret_cast<const char*>(values) + static_cast<std::size_t>(row) * width, width});
    });
    return;
  }
  add(column, name, hashes, [values, width](std::int64_t row) {
    std::uint64_t value = 0;
    std::memcpy(&value, values + static_cast<std::size_t>(row) * width, width);
    return mixed(value + 1);
  });
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
