#include "csv_decoder.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <new>
#include <set>

#include "batch_builder.h"
#include "csv_record.h"
#include "haul/base/json.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kRule = "decode.csv";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

/// Whether the whole batch is UTF-8, row by row: no row may start inside a character that the one before
/// began.
bool all_rows_are_utf8(const RawRows& raw) {
  const auto* const bytes = reinterpret_cast<const char*>(raw.bytes.data());
  const auto begin = static_cast<std::size_t>(raw.ends.front());
  const auto end = static_cast<std::size_t>(raw.ends.back());
  if (!simdjson::validate_utf8(bytes + begin, end - begin)) return false;
  return std::all_of(raw.ends.begin(), raw.ends.end() - 1, [&](std::int32_t start) {
    const auto at = static_cast<std::size_t>(start);
    return at == end || (static_cast<unsigned char>(bytes[at]) & 0xC0) != 0x80;
  });
}

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(const FormatOptions& options, Encoding encoding, std::int64_t offset_micros,
             const columnar::Schema& schema, const std::vector<std::string>& names)
      : null_text_(options.csv.null_text),
        encoding_(encoding),
        record_(options.csv.delimiter, options.csv.quote),
        batch_(schema, offset_micros) {
    for (const std::string& name : names) {
      const auto column = schema.find(name);
      column_of_.push_back(column ? static_cast<int>(*column) : kUnknown);
      unknown_keys_.push_back(column ? std::string() : json_string(name));
      if (!column) batch_.note_unknown(name);
    }
    unknown_per_row_ = static_cast<std::uint64_t>(std::count(column_of_.begin(), column_of_.end(), kUnknown));
    for (std::size_t column = 0; column < schema.columns.size(); ++column) {
      if (std::count(column_of_.begin(), column_of_.end(), static_cast<int>(column)) == 0)
        absent_.push_back(column);
    }
  }

  Result<void> set_defaults(const std::map<std::string, std::string>& defaults) {
    return batch_.set_defaults(defaults);
  }

  Result<DecodedBatch> decode(const RawRows& raw) override {
    try {
      batch_.start(raw.size());
      std::uint64_t unknown = 0;
      const bool trusted = raw.size() == 0 || (encoding_ == Encoding::kUtf8 && all_rows_are_utf8(raw));
      for (std::size_t row = 0; row < raw.size(); ++row) {
        if (decode_row(static_cast<std::uint32_t>(row), row_text(raw, row), trusted))
          unknown += unknown_per_row_;
      }
      return batch_.finish(unknown);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::kUnavailable, "out of memory while decoding CSV");
    }
  }

 private:
  static constexpr int kUnknown = -1;

  bool decode_row(std::uint32_t row, std::string_view text, bool trusted) {
    if (!trusted && !make_utf8(row, text)) return false;
    if (const char* problem = record_.split(text)) {
      batch_.reject(row, kRule, problem);
      return false;
    }
    const auto& fields = record_.fields();
    if (fields.size() != column_of_.size()) {
      batch_.reject(row, kRule,
                    fmt::format("{} fields where the header has {}", fields.size(), column_of_.size()));
      return false;
    }
    auto& columns = batch_.columns();
    for (std::size_t index = 0; index < fields.size(); ++index) {
      const CsvField& field = fields[index];
      const bool is_null = !field.quoted && (field.text.empty() || field.text == null_text_);
      if (column_of_[index] == kUnknown) {
        if (!is_null) keep_unknown(index, field.text);
        continue;
      }
      const auto column = static_cast<std::size_t>(column_of_[index]);
      if (is_null) {
        columns[column].append_null();
      } else if (!columns[column].append_text(field.text)) {
        batch_.reject_value(row, column, field.text);
        return false;
      }
    }
    for (const std::size_t column : absent_) columns[column].append_missing();
    batch_.keep(row);
    return true;
  }

  void keep_unknown(std::size_t index, std::string_view text) {
    value_.clear();
    append_json_string(value_, text);
    batch_.add_extra(unknown_keys_[index], value_);
  }

  /// Brings `text` into UTF-8, or rejects the row.
  bool make_utf8(std::uint32_t row, std::string_view& text) {
    if (encoding_ == Encoding::kUtf8) {
      if (simdjson::validate_utf8(text.data(), text.size())) return true;
      batch_.reject(row, kRule, "the record is not UTF-8 text");
      return false;
    }
    if (is_ascii(text)) return true;
    converted_.clear();
    append_as_utf8(text, encoding_, converted_);
    text = converted_;
    return true;
  }

  std::string null_text_;
  Encoding encoding_;
  CsvRecord record_;
  BatchBuilder batch_;
  std::vector<int> column_of_;             // by place in the header
  std::vector<std::size_t> absent_;        // columns that the header lacks
  std::vector<std::string> unknown_keys_;  // by place in the header: JSON; empty where a column has the name
  std::string value_;
  std::uint64_t unknown_per_row_ = 0;
  std::string converted_;
};

/// All required columns without a default that the header lacks, with the header's nearest name for the first
/// of them.
Result<void> check_required(const DecodeTarget& target, const std::vector<std::string>& names) {
  std::string missing;
  std::string hint;
  const std::vector<std::string_view> views(names.begin(), names.end());
  for (const columnar::Column& column : target.schema.columns) {
    if (column.presence != columnar::Presence::kRequired || target.defaults.contains(column.name)) continue;
    if (std::find(names.begin(), names.end(), column.name) != names.end()) continue;
    missing += (missing.empty() ? "`" : ", `") + column.name + "`";
    if (!hint.empty()) continue;
    const auto near = nearest(column.name, views);
    if (!near.empty())
      hint = fmt::format("; did the header mean `{}` by {}?", column.name, quoted_value(near));
  }
  if (missing.empty()) return {};
  return fail(ErrorCode::kInvalidInput,
              fmt::format("the CSV header lacks required columns: {}{}", missing, hint));
}

Result<void> check_options(const CsvOptions& options) {
  const auto is_usable = [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); };
  if (is_usable(options.delimiter) && is_usable(options.quote) && options.delimiter != options.quote)
    return {};
  return fail(ErrorCode::kInvalidInput,
              "the CSV delimiter and quote are two different printable ASCII characters (or a tab)");
}

}  // namespace

Result<std::vector<std::string>> read_csv_header(const CsvOptions& options, std::string_view header) {
  HAUL_TRY_VOID(check_options(options));
  HAUL_TRY(encoding, encoding_named(options.encoding));
  if (encoding == Encoding::kUtf8 && header.starts_with(kByteOrderMark))
    header.remove_prefix(kByteOrderMark.size());
  std::string text;
  append_as_utf8(header, encoding, text);
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return fail(ErrorCode::kInvalidInput,
                "the CSV header is not UTF-8 text; does the source need `encoding`?");
  }
  CsvRecord record(options.delimiter, options.quote);
  if (const char* problem = record.split(text)) {
    return fail(ErrorCode::kInvalidInput, fmt::format("the CSV header: {}", problem));
  }
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (const CsvField& field : record.fields()) {
    if (!seen.insert(field.text).second) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the CSV header has {} twice", quoted_value(field.text)));
    }
    names.emplace_back(field.text);
  }
  return names;
}

Result<std::unique_ptr<Decoder>> make_csv_decoder(const FormatOptions& options, const DecodeTarget& target,
                                                  std::string_view header) {
  HAUL_TRY(names, read_csv_header(options.csv, header));
  HAUL_TRY(encoding, encoding_named(options.csv.encoding));
  HAUL_TRY(offset, offset_named(options.timestamp_offset));
  HAUL_TRY_VOID(check_required(target, names));
  auto decoder = std::make_unique<CsvDecoder>(options, encoding, offset, target.schema, names);
  HAUL_TRY_VOID(decoder->set_defaults(target.defaults));
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace haul::ingest
