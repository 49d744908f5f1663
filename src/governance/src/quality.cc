#include "haul/governance/quality.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <array>
#include <utility>

#include "haul/base/rng.h"
#include "row_builder.h"
#include "system_tables.h"

namespace haul::governance {

std::string_view to_string(QualityKind kind) {
  static constexpr std::array<std::string_view, 8> kNames{"rows", "file",          "row",    "decode",
                                                          "set",  "service_level", "change", "anomaly"};
  return kNames.at(static_cast<std::size_t>(kind));
}

columnar::Schema quality_schema() {
  using columnar::Presence;
  const auto text = arrow::utf8();
  const auto integer = arrow::int64();
  const auto number = arrow::float64();
  return {{{"dataset", text, Presence::kRequired},
           {"rule", text, Presence::kRequired},
           {"kind", text, Presence::kRequired},
           {"severity", text},
           {"checked", integer, Presence::kRequired},
           {"failed", integer, Presence::kRequired},
           {"share", number},
           {"value", number},
           {"low", number},
           {"high", number},
           {"file", text},
           {"producer", text},
           {"note", text},
           {"version", integer, Presence::kRequired},
           {"contract_id", text, Presence::kRequired},
           {"contract_version", text, Presence::kRequired},
           {"run", text, Presence::kRequired},
           {"checked_at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), Presence::kRequired}}};
}

Result<bool> append_quality(const GovernanceContext& context, const contract::Contract& contract,
                            const std::vector<QualityRow>& rows, std::vector<lake::OffsetMove> moves) {
  RowBuilder builder(quality_schema());
  const std::string run = new_uuid(context.lake.rng);
  for (const QualityRow& row : rows) {
    std::optional<double> share;
    if (row.failing == Failing::kRows && row.checked > 0) {
      share = static_cast<double>(row.failed) / static_cast<double>(row.checked);
    }
    builder.text(row.dataset).text(row.rule).text(to_string(row.kind)).text(row.severity);
    builder.integer(row.checked).integer(row.failed).number(share);
    builder.number(row.value).number(row.low).number(row.high);
    builder.text(row.file).text(row.producer).text(row.note).integer(row.version);
    builder.text(contract.id).text(contract.version).text(run).time(row.at);
  }
  HAUL_TRY(batch, builder.finish());
  return append_rows(context, "quality", quality_schema(), *batch, std::move(moves));
}

}  // namespace haul::governance
