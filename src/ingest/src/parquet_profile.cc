#include <arrow/array/array_binary.h>
#include <arrow/compute/api.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>

#include <exception>

#include "haul/ingest/profile.h"
#include "value_profile.h"

namespace haul::ingest {
namespace {

using TypePtr = std::shared_ptr<arrow::DataType>;

/// The type that a table keeps a column of `type` as, or null where there is none.
TypePtr kept_as(const arrow::DataType& type);

TypePtr kept_list(const arrow::BaseListType& list) {
  const TypePtr items = kept_as(*list.value_type());
  return items ? arrow::list(items) : nullptr;
}

TypePtr kept_struct(const arrow::DataType& type) {
  arrow::FieldVector parts;
  for (const auto& part : type.fields()) {
    const TypePtr kept = kept_as(*part->type());
    if (!kept) return nullptr;
    parts.push_back(arrow::field(part->name(), kept));
  }
  return arrow::struct_(parts);
}

TypePtr kept_as(const arrow::DataType& type) {
  constexpr int kDigitsOfUint64 = 20;
  switch (type.id()) {
    case arrow::Type::BOOL:
      return arrow::boolean();
    case arrow::Type::INT8:
      return arrow::int8();
    case arrow::Type::UINT8:
    case arrow::Type::INT16:
      return arrow::int16();
    case arrow::Type::UINT16:
    case arrow::Type::INT32:
      return arrow::int32();
    case arrow::Type::UINT32:
    case arrow::Type::INT64:
      return arrow::int64();
    case arrow::Type::UINT64:
      return arrow::decimal128(kDigitsOfUint64, 0);
    case arrow::Type::HALF_FLOAT:
    case arrow::Type::FLOAT:
      return arrow::float32();
    case arrow::Type::DOUBLE:
      return arrow::float64();
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return arrow::utf8();
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
      return arrow::binary();
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      return arrow::date32();
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty()
                 ? arrow::timestamp(arrow::TimeUnit::MICRO)
                 : arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return decimal.scale() < 0 ? nullptr : arrow::decimal128(decimal.precision(), decimal.scale());
    }
    case arrow::Type::DICTIONARY:
      return kept_as(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
      return kept_list(static_cast<const arrow::BaseListType&>(type));
    case arrow::Type::STRUCT:
      return kept_struct(type);
    default:
      return nullptr;
  }
}

bool has_parts(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::STRUCT;
}

/// Adds a column's values as text. Of lists and objects only the nulls count.
arrow::Status add_column(const std::shared_ptr<arrow::Array>& column, const arrow::DataType& kept,
                         ValueProfile& values) {
  if (has_parts(kept)) {
    values.add_null(static_cast<std::uint64_t>(column->null_count()));
    values.add_unseen(static_cast<std::uint64_t>(column->length() - column->null_count()));
    return arrow::Status::OK();
  }
  std::shared_ptr<arrow::Array> plain = column;
  if (column->type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryType&>(*column->type());
    ARROW_ASSIGN_OR_RAISE(plain, arrow::compute::Cast(*column, dictionary.value_type()));
  }
  if (kept.id() == arrow::Type::TIMESTAMP) {  // in UTC, whatever the file's zone
    ARROW_ASSIGN_OR_RAISE(
        plain, arrow::compute::Cast(*plain, kept.GetSharedPtr(), arrow::compute::CastOptions::Unsafe()));
  }
  const TypePtr text = kept.id() == arrow::Type::BINARY ? arrow::binary() : arrow::utf8();
  ARROW_ASSIGN_OR_RAISE(const auto cast, arrow::compute::Cast(*plain, text));
  const auto& texts = static_cast<const arrow::BinaryArray&>(*cast);
  for (std::int64_t row = 0; row < texts.length(); ++row) {
    if (texts.IsNull(row)) {
      values.add_null();
    } else {
      values.add(texts.GetView(row));
    }
  }
  return arrow::Status::OK();
}

struct ParquetProfile {
  std::uint64_t rows = 0;
  std::vector<std::string> names;
  std::vector<TypePtr> kept;
  std::vector<ValueProfile> values;
};

/// Fails with Arrow's word for a file that is none; throws where the library does.
arrow::Result<ParquetProfile> read(const Path& path) {
  ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
  ARROW_ASSIGN_OR_RAISE(const auto file, arrow::io::ReadableFile::Open(path.string()));
  ARROW_ASSIGN_OR_RAISE(const auto reader, parquet::arrow::OpenFile(file, arrow::default_memory_pool()));
  ARROW_ASSIGN_OR_RAISE(const auto batches, reader->GetRecordBatchReader());
  ParquetProfile profile;
  for (const auto& field : batches->schema()->fields()) {
    profile.names.push_back(field->name());
    profile.kept.push_back(kept_as(*field->type()));
    if (!profile.kept.back()) {
      return arrow::Status::NotImplemented(fmt::format(
          "column `{}` has the type {}, which tables do not hold", field->name(), field->type()->ToString()));
    }
  }
  profile.values.resize(profile.names.size());
  for (const auto& next : *batches) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, next);
    profile.rows += static_cast<std::uint64_t>(batch->num_rows());
    for (int column = 0; column < batch->num_columns(); ++column) {
      const auto index = static_cast<std::size_t>(column);
      ARROW_RETURN_NOT_OK(add_column(batch->column(column), *profile.kept[index], profile.values[index]));
    }
  }
  return profile;
}

arrow::Result<ParquetProfile> read_guarded(const Path& path) {
  try {
    return read(path);
  } catch (const std::bad_alloc&) {
    return arrow::Status::OutOfMemory("out of memory");
  } catch (const std::exception& error) {
    return arrow::Status::Invalid(error.what());
  }
}

}  // namespace

Result<FileProfile> profile_parquet(const Path& path, const std::string& shown_name) {
  auto read = read_guarded(path);
  if (!read.ok()) {
    return fail(read.status().IsOutOfMemory() ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput,
                fmt::format("{}: {}", shown_name, read.status().message()));
  }
  FileProfile profile;
  profile.format.format = Format::kParquet;
  profile.evidence = {.origin = shown_name, .rows = read->rows};
  for (std::size_t index = 0; index < read->names.size(); ++index)
    profile.evidence.columns.push_back(read->values[index].finish(read->names[index], read->kept[index]));
  if (profile.evidence.columns.empty())
    return fail(ErrorCode::kInvalidInput, fmt::format("{}: the file has no column", shown_name));
  return profile;
}

}  // namespace haul::ingest
