#include "epcis_decoder.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <new>

#include "batch_builder.h"
#include "epcis_event.h"
#include "haul/base/file_system.h"

namespace haul::ingest {
namespace {

constexpr const char* kRule = "decode.epcis";

/// Events made flat, as raw rows.
struct FlatRows {
  std::string text;
  std::vector<std::int32_t> ends;

  void restart() {
    text.clear();
    ends.assign(1, 0);
  }
  void end_row() { ends.push_back(static_cast<std::int32_t>(text.size())); }
  [[nodiscard]] RawRows view() const { return {ends, as_bytes(text)}; }
};

FormatOptions flat_format(const FormatOptions& options) {
  FormatOptions flat = options;
  flat.format = Format::kNdjson;
  return flat;
}

class EpcisDecoder final : public Decoder {
 public:
  EpcisDecoder(EpcisFlattener flattener, std::unique_ptr<Decoder> inner)
      : flattener_(std::move(flattener)), inner_(std::move(inner)) {}

  Result<DecodedBatch> decode(const RawRows& raw) override {
    try {
      return decode_flat(raw);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::kUnavailable, "out of memory while decoding EPCIS events");
    }
  }

 private:
  Result<DecodedBatch> decode_flat(const RawRows& raw) {
    flat_.restart();
    place_.clear();
    std::vector<RejectedRow> rejected;
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto number = static_cast<std::uint32_t>(row);
      if (auto appended = flattener_.append(row_text(raw, row), flat_.text); !appended) {
        rejected.push_back({number, kRule, std::move(appended).error().message});
        continue;
      }
      flat_.end_row();
      place_.push_back(number);
    }
    HAUL_TRY(batch, inner_->decode(flat_.view()));
    for (std::uint32_t& row : batch.row_of) row = place_[row];
    for (RejectedRow& row : batch.rejected) row.row = place_[row.row];
    rejected.insert(rejected.end(), std::make_move_iterator(batch.rejected.begin()),
                    std::make_move_iterator(batch.rejected.end()));
    std::stable_sort(rejected.begin(), rejected.end(),
                     [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
    batch.rejected = std::move(rejected);
    return std::move(batch);
  }

  EpcisFlattener flattener_;
  std::unique_ptr<Decoder> inner_;
  FlatRows flat_;
  std::vector<std::uint32_t> place_;  // of each flat row among the raw ones
};

class EpcisKeyReader final : public KeyReader {
 public:
  EpcisKeyReader(EpcisFlattener flattener, std::unique_ptr<KeyReader> inner)
      : flattener_(std::move(flattener)), inner_(std::move(inner)) {}

  void hashes(const RawRows& raw, std::vector<std::uint64_t>& hashes) override {
    flat_.restart();
    for (std::size_t row = 0; row < raw.size(); ++row) {
      // What is no event has no key; it is on its way to quarantine.
      if (!flattener_.append(row_text(raw, row), flat_.text)) flat_.text += "{}";
      flat_.end_row();
    }
    inner_->hashes(flat_.view(), hashes);
  }

 private:
  EpcisFlattener flattener_;
  std::unique_ptr<KeyReader> inner_;
  FlatRows flat_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_epcis_decoder(const FormatOptions& options,
                                                    const columnar::Schema& schema) {
  std::vector<EpcisColumn> columns;
  for (const columnar::Column& column : schema.columns) {
    const auto type = column.type->id();
    columns.push_back({column.name, type != arrow::Type::LIST && type != arrow::Type::STRUCT});
  }
  HAUL_TRY(flattener, EpcisFlattener::make(std::move(columns)));
  HAUL_TRY(inner, Decoder::make(flat_format(options), schema, {}));
  return std::unique_ptr<Decoder>(std::make_unique<EpcisDecoder>(std::move(flattener), std::move(inner)));
}

Result<std::unique_ptr<KeyReader>> make_epcis_key_reader(const std::vector<std::string>& key_columns) {
  std::vector<EpcisColumn> columns;
  for (const std::string& column : key_columns) columns.push_back({column});
  HAUL_TRY(flattener, EpcisFlattener::make(std::move(columns)));
  HAUL_TRY(inner, KeyReader::make({}, {}, key_columns));
  return std::unique_ptr<KeyReader>(std::make_unique<EpcisKeyReader>(std::move(flattener), std::move(inner)));
}

}  // namespace haul::ingest
