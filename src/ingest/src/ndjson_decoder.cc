#include "ndjson_decoder.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <new>

#include "batch_builder.h"
#include "haul/base/json.h"
#include "json_path.h"
#include "json_scan.h"
#include "json_values.h"
#include "padded_row.h"
#include "predicted_row.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

namespace json = simdjson::ondemand;

constexpr const char* kRule = "decode.json";

std::vector<std::string> names_of(const columnar::Schema& schema) {
  std::vector<std::string> names;
  for (const columnar::Column& column : schema.columns) names.push_back(column.name);
  return names;
}

/// Two ways to read a row, with the same result: along the predicted path, and, where the row leaves it,
/// through simdjson. Only the second one rejects.
class NdjsonDecoder final : public Decoder {
 public:
  NdjsonDecoder(const columnar::Schema& schema, std::int64_t offset_micros)
      : names_(names_of(schema)), batch_(schema, offset_micros), path_(names_), seen_(names_.size(), 0) {}

  Result<void> set_defaults(const std::map<std::string, std::string>& defaults) {
    return batch_.set_defaults(defaults);
  }

  Result<DecodedBatch> decode(const RawRows& raw) override {
    try {
      batch_.start(raw.size());
      unknown_fields_ = 0;
      for (std::size_t row = 0; row < raw.size(); ++row) {
        decode_row(static_cast<std::uint32_t>(row), padded_row(raw, row, spare_));
      }
      return batch_.finish(unknown_fields_);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::kUnavailable, "out of memory while decoding JSON");
    }
  }

 private:
  void decode_row(std::uint32_t row, std::string_view text) {
    if (rows_without_prediction_ == 0) {
      if (decode_predicted(row, text)) {
        misses_ = 0;
        return;
      }
      batch_.undo();
      if (++misses_ == kMissesMax) {
        misses_ = 0;
        rows_without_prediction_ = kRowsWithoutPrediction;
      }
    } else {
      --rows_without_prediction_;
    }
    if (decode_parsed(row, text)) path_.learn(text);
  }

  /// Starts a row: no column has its value yet.
  void forget_seen() {
    if (++row_mark_ != 0) return;
    std::fill(seen_.begin(), seen_.end(), 0);
    row_mark_ = 1;
  }
  [[nodiscard]] bool first_time(std::size_t column) {
    if (seen_[column] == row_mark_) return false;
    seen_[column] = row_mark_;
    return true;
  }

  void keep(std::uint32_t row, std::size_t values, std::uint64_t unknown) {
    auto& columns = batch_.columns();
    if (values < columns.size()) {
      for (std::size_t column = 0; column < columns.size(); ++column) {
        if (seen_[column] != row_mark_) columns[column].append_missing();
      }
    }
    batch_.keep(row);
    unknown_fields_ += unknown;
  }

  bool decode_predicted(std::uint32_t row, std::string_view text) {
    forget_seen();
    auto& columns = batch_.columns();
    const char* at = text.data();
    const char* const end = at + text.size();
    std::size_t values = 0;
    std::uint64_t unknown = 0;
    for (const JsonStep* step = path_.match(at, nullptr); step != nullptr; step = path_.match(at, step)) {
      at += step->length;
      if (at > end) return false;
      if (step->column == JsonStep::kEnd) {
        if (at != end) return false;
        keep(row, values, unknown);
        return true;
      }
      if (step->column == JsonStep::kUnknownColumn) {
        const char* const value = at;
        at = skip_scalar(at, end);
        if (at == nullptr) return false;
        batch_.add_extra(key_in(*step), {value, static_cast<std::size_t>(at - value)});
        ++unknown;
      } else {
        const auto column = static_cast<std::size_t>(step->column);
        if (!first_time(column)) return false;
        at = append_predicted(at, end, columns[column]);
        ++values;
      }
      if (at == nullptr || at > end) return false;
    }
    return false;
  }

  /// True where the row was kept; it is rejected otherwise.
  bool decode_parsed(std::uint32_t row, std::string_view text) {
    forget_seen();
    json::document document;
    json::object object;
    auto error = parser_.iterate(text.data(), text.size(), text.size() + kRowPadding).get(document);
    if (error == simdjson::SUCCESS) error = document.get_object().get(object);
    if (error != simdjson::SUCCESS) return reject(row, problem(error, "the row is no JSON object"));
    std::size_t values = 0;
    std::uint64_t unknown = 0;
    for (auto field : object) {
      std::string_view key;
      json::value value;
      error = field.error();
      if (error == simdjson::SUCCESS) error = field.unescaped_key().get(key);
      if (error == simdjson::SUCCESS) error = field.value().get(value);
      if (error != simdjson::SUCCESS) return reject(row, problem(error, "the object is malformed"));
      const auto known = std::find(names_.begin(), names_.end(), key);
      if (known == names_.end()) {
        ++unknown;
        batch_.note_unknown(key);
        if (!take_unknown(document, std::string(key), value))
          return reject(row, fmt::format("the value of {} is no JSON", quoted_value(key)));
        continue;
      }
      if (!take(row, static_cast<std::size_t>(known - names_.begin()), value, unknown)) return false;
      ++values;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return reject(row, "more text follows the object");
    keep(row, values, unknown);
    return true;
  }

  bool take(std::uint32_t row, std::size_t column, json::value value, std::uint64_t& unknown) {
    if (!first_time(column))
      return reject(row, fmt::format("the key {} is there twice", quoted_value(names_[column])));
    const std::string_view token = token_of(value);
    switch (append_value(value, batch_.columns()[column], unknown)) {
      case Appended::kYes:
        return true;
      case Appended::kMalformed:
        return reject(row, fmt::format("the value of {} is no JSON", quoted_value(names_[column])));
      case Appended::kWrongType:
        batch_.reject_value(row, column, token);
    }
    return false;
  }

  /// Keeps a field that no column is for, as it was written. False: its value
  /// is no JSON.
  bool take_unknown(json::document& document, const std::string& key, json::value value) {
    const char* const begin = value.raw_json_token().data();
    const std::string_view token = token_of(value);
    const json::json_type type = value.type().value_unsafe();
    const bool nested = type == json::json_type::array || type == json::json_type::object;
    if (!is_wellformed(value)) return false;
    if (!nested) {
      batch_.add_extra(json_string(key), token);
      return true;
    }
    const char* behind = nullptr;
    if (document.current_location().get(behind) != simdjson::SUCCESS) return false;
    std::string_view text(begin, static_cast<std::size_t>(behind - begin));
    text = text.substr(0, text.find_last_of("]}") + 1);
    batch_.add_extra(json_string(key), text);
    return true;
  }

  /// The key in the text of a step, quotes included.
  static std::string_view key_in(const JsonStep& step) {
    const std::string_view text(step.text.data(), step.length);
    const std::size_t first = text.find('"');
    return text.substr(first, text.rfind('"') + 1 - first);
  }

  bool reject(std::uint32_t row, std::string reason) {
    batch_.reject(row, kRule, std::move(reason));
    return false;
  }

  [[nodiscard]] static std::string problem(simdjson::error_code error, std::string_view what) {
    return fmt::format("{}: {}", what, simdjson::error_message(error));
  }

  static constexpr int kMissesMax = 16;
  static constexpr int kRowsWithoutPrediction = 256;

  const std::vector<std::string> names_;
  BatchBuilder batch_;
  JsonPath path_;
  json::parser parser_;
  std::string spare_;
  std::vector<std::uint32_t> seen_;  // the mark of the last row that had a value for the column
  std::uint32_t row_mark_ = 0;
  std::uint64_t unknown_fields_ = 0;
  int misses_ = 0;
  int rows_without_prediction_ = 0;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_ndjson_decoder(const FormatOptions& options,
                                                     const DecodeTarget& target) {
  HAUL_TRY(offset, offset_named(options.timestamp_offset));
  auto decoder = std::make_unique<NdjsonDecoder>(target.schema, offset);
  HAUL_TRY_VOID(decoder->set_defaults(target.defaults));
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace haul::ingest
