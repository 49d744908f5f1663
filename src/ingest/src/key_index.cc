#include "key_index.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace haul::ingest {
namespace {

constexpr Hash128 kNoKey{};                      // an empty slot
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

KeyIndex::Found KeyIndex::insert(Hash128 key) {
  if (key == kNoKey) key.low = 1;
  if (size_ * 8 >= slots_.size() * 7) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.low & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == key) return {slot, false};
    if (slots_[slot] == kNoKey) {
      slots_[slot] = key;
      ++size_;
      return {slot, true};
    }
  }
}

void KeyIndex::grow() {
  const std::size_t slots = slots_.empty() ? 1024 : slots_.size() * 2;
  std::vector<Hash128> old_slots(slots);
  std::vector<KeyedRow> old_rows(slots);
  std::vector<KeyedVersion> old_versions(keep_versions_ ? slots : 0);
  old_slots.swap(slots_);
  old_rows.swap(rows_);
  old_versions.swap(versions_);
  const std::size_t mask = slots - 1;
  for (std::size_t old = 0; old < old_slots.size(); ++old) {
    if (old_slots[old] == kNoKey) continue;
    std::size_t slot = old_slots[old].low & mask;
    while (slots_[slot] != kNoKey) slot = (slot + 1) & mask;
    slots_[slot] = old_slots[old];
    rows_[slot] = old_rows[old];
    if (keep_versions_) versions_[slot] = old_versions[old];
  }
}

}  // namespace haul::ingest
