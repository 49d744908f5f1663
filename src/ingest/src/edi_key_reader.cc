#include "edi_key_reader.h"

#include <fmt/format.h>

#include "batch_builder.h"
#include "edi_text.h"
#include "haul/edi/event.h"
#include "key_fields.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

class EdiKeyReader final : public KeyReader {
 public:
  EdiKeyReader(edi::Standard standard, edi::EventReader reader, std::size_t fields)
      : standard_(standard), reader_(std::move(reader)), key_(fields) {}

  void hashes(const RawRows& raw, std::vector<std::uint64_t>& hashes) override {
    hashes.resize(raw.size());
    for (std::size_t row = 0; row < raw.size(); ++row) {
      key_.restart();
      std::string_view text = row_text(raw, row);
      if (make_utf8(standard_, text, converted_)) take_fields(text);
      hashes[row] = key_.hash();
    }
  }

 private:
  void take_fields(std::string_view text) {
    const auto values = reader_.read(text);
    if (!values) return;
    for (std::size_t field = 0; field < (*values)->size(); ++field) {
      const edi::FieldValue& value = (**values)[field];
      if (value.state == edi::FieldValue::State::kPresent)
        (void)key_.set(field, value.text);  // set once a row
    }
  }

  edi::Standard standard_;
  edi::EventReader reader_;
  KeyFields key_;
  std::string converted_;
};

}  // namespace

Result<std::unique_ptr<KeyReader>> make_edi_key_reader(const FormatOptions& options,
                                                       const std::vector<std::string>& key_columns) {
  const edi::Standard standard = standard_of(options.format).value();
  HAUL_TRY(message, message_of(options));
  HAUL_TRY(reader, edi::EventReader::make(*message, key_columns));
  return std::unique_ptr<KeyReader>(
      std::make_unique<EdiKeyReader>(standard, std::move(reader), key_columns.size()));
}

}  // namespace haul::ingest
