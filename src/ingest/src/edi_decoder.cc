#include "edi_decoder.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <new>

#include "batch_builder.h"
#include "edi_format.h"
#include "edi_text.h"
#include "haul/base/check.h"
#include "haul/edi/event.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

class EdiDecoder final : public Decoder {
 public:
  EdiDecoder(edi::Standard standard, edi::EventReader reader, const columnar::Schema& schema,
             std::int64_t offset_micros)
      : standard_(standard),
        rule_(fmt::format("decode.{}", edi::to_string(standard))),
        reader_(std::move(reader)),
        batch_(schema, offset_micros) {}

  Result<DecodedBatch> decode(const RawRows& raw) override {
    try {
      batch_.start(raw.size());
      for (std::size_t row = 0; row < raw.size(); ++row)
        decode_row(static_cast<std::uint32_t>(row), row_text(raw, row));
      return batch_.finish(0);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::kUnavailable, "out of memory while decoding interchanges");
    }
  }

 private:
  void decode_row(std::uint32_t row, std::string_view text) {
    if (!make_utf8(standard_, text, converted_)) {
      batch_.reject(row, rule_, "the event is not UTF-8 text, and declares no other encoding");
      return;
    }
    const auto values = reader_.read(text);
    if (!values) {
      batch_.reject(row, rule_, values.error().message);
      return;
    }
    auto& columns = batch_.columns();
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const edi::FieldValue& value = (**values)[column];
      using State = edi::FieldValue::State;
      if (value.state == State::kAbsent) {
        columns[column].append_null();
      } else if (value.state == State::kUnreadable || !columns[column].append_text(value.text)) {
        batch_.reject_value(row, column, value.text);
        return;
      }
    }
    batch_.keep(row);
  }

  edi::Standard standard_;
  std::string rule_;
  edi::EventReader reader_;
  BatchBuilder batch_;
  std::string converted_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_edi_decoder(const FormatOptions& options,
                                                  const columnar::Schema& schema) {
  const edi::Standard standard = standard_of(options.format).value();
  HAUL_TRY(message, message_of(options));
  std::vector<std::string> names;
  for (const columnar::Column& column : schema.columns) names.push_back(column.name);
  HAUL_TRY(reader, edi::EventReader::make(*message, names));
  HAUL_TRY(offset, offset_named(options.timestamp_offset));
  return std::unique_ptr<Decoder>(std::make_unique<EdiDecoder>(standard, std::move(reader), schema, offset));
}

}  // namespace haul::ingest
