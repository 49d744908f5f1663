#include "haul/ingest/key_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdint>

#include "batch_builder.h"
#include "csv_decoder.h"
#include "csv_record.h"
#include "edi_key_reader.h"
#include "epcis_decoder.h"
#include "json_path.h"
#include "json_scan.h"
#include "json_values.h"
#include "key_fields.h"
#include "padded_row.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

namespace json = simdjson::ondemand;

/// As NdjsonDecoder: along the predicted path where the row follows it, else through simdjson. Both see the
/// row whole before they give a key, so that the result depends on the row alone and not on what came before
/// it.
class JsonKeyReader final : public KeyReader {
 public:
  explicit JsonKeyReader(const std::vector<std::string>& columns)
      : columns_(columns), path_(columns), key_(columns.size()) {}

  void hashes(const RawRows& raw, std::vector<std::uint64_t>& hashes) override {
    hashes.resize(raw.size());
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const std::string_view text = padded_row(raw, row, spare_);
      key_.restart();
      if (read_predicted(text)) {
        hashes[row] = key_.hash();
        continue;
      }
      key_.restart();
      const bool read = read_parsed(text);
      hashes[row] = read ? key_.hash() : KeyFields::hash_of_none();
      if (read) path_.learn(text);
    }
  }

 private:
  bool read_predicted(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (const JsonStep* step = path_.match(at, nullptr); step != nullptr; step = path_.match(at, step)) {
      at += step->length;
      if (step->column == JsonStep::kEnd) return at == end;
      const char* const behind = skip_scalar(at, end);
      if (behind == nullptr) return false;
      if (step->column != JsonStep::kUnknownColumn && *at != 'n') {  // null: as if it were missing
        const int quotes = *at == '"' ? 1 : 0;
        const std::string_view value(at + quotes, static_cast<std::size_t>(behind - at - 2 * quotes));
        if (!key_.set(static_cast<std::size_t>(step->column), value)) return false;
      }
      at = behind;
    }
    return false;
  }

  bool read_parsed(std::string_view text) {
    json::document document;
    json::object object;
    if (parser_.iterate(text.data(), text.size(), text.size() + kRowPadding).get(document) !=
        simdjson::SUCCESS) {
      return false;
    }
    if (document.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto field : object) {
      std::string_view name;
      json::value value;
      if (field.error() != simdjson::SUCCESS || field.unescaped_key().get(name) != simdjson::SUCCESS)
        return false;
      if (field.value().get(value) != simdjson::SUCCESS) return false;
      const auto known = std::find(columns_.begin(), columns_.end(), name);
      if (known == columns_.end()) {
        if (!is_wellformed(value)) return false;
      } else if (!read_value(static_cast<std::size_t>(known - columns_.begin()), value)) {
        return false;
      }
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

  bool read_value(std::size_t column, json::value value) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (type == json::json_type::array || type == json::json_type::object) return false;
    if (type == json::json_type::string) {
      std::string_view text;
      return value.get_string().get(text) == simdjson::SUCCESS && key_.set(column, text);
    }
    const std::string_view token = token_of(value);
    if (!is_wellformed(value)) return false;
    return type == json::json_type::null || key_.set(column, token);
  }

  const std::vector<std::string> columns_;
  JsonPath path_;
  KeyFields key_;
  json::parser parser_;
  std::string spare_;
};

class CsvKeyReader final : public KeyReader {
 public:
  CsvKeyReader(const CsvOptions& options, Encoding encoding, std::size_t header_fields,
               std::vector<std::size_t> places)
      : null_text_(options.null_text),
        encoding_(encoding),
        header_fields_(header_fields),
        places_(std::move(places)),
        record_(options.delimiter, options.quote),
        key_(places_.size()),
        converted_(places_.size()) {}

  void hashes(const RawRows& raw, std::vector<std::uint64_t>& hashes) override {
    hashes.resize(raw.size());
    for (std::size_t row = 0; row < raw.size(); ++row) {
      key_.restart();
      if (record_.split(row_text(raw, row)) == nullptr && record_.fields().size() == header_fields_)
        take_fields();
      hashes[row] = key_.hash();
    }
  }

 private:
  void take_fields() {
    for (std::size_t index = 0; index < places_.size(); ++index) {
      const CsvField& field = record_.fields()[places_[index]];
      if (!field.quoted && (field.text.empty() || field.text == null_text_)) continue;
      converted_[index].clear();
      append_as_utf8(field.text, encoding_, converted_[index]);
      (void)key_.set(index, converted_[index]);  // each place is set once a row
    }
  }

  std::string null_text_;
  Encoding encoding_;
  std::size_t header_fields_;
  std::vector<std::size_t> places_;
  CsvRecord record_;
  KeyFields key_;
  std::vector<std::string> converted_;
};

}  // namespace

Result<std::unique_ptr<KeyReader>> KeyReader::make(const FormatOptions& options, std::string_view header,
                                                   const std::vector<std::string>& key_columns) {
  if (standard_of(options.format)) return make_edi_key_reader(options, key_columns);
  if (options.format == Format::kEpcis) return make_epcis_key_reader(key_columns);
  if (options.format == Format::kNdjson)
    return std::unique_ptr<KeyReader>(std::make_unique<JsonKeyReader>(key_columns));
  HAUL_TRY(names, read_csv_header(options.csv, header));
  HAUL_TRY(encoding, encoding_named(options.csv.encoding));
  std::vector<std::size_t> places;
  for (const std::string& column : key_columns) {
    const auto place = std::find(names.begin(), names.end(), column);
    if (place == names.end()) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the CSV header lacks the key column `{}`", column));
    }
    places.push_back(static_cast<std::size_t>(place - names.begin()));
  }
  return std::unique_ptr<KeyReader>(
      std::make_unique<CsvKeyReader>(options.csv, encoding, names.size(), std::move(places)));
}

}  // namespace haul::ingest
