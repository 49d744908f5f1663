#include "quarantine_file.h"

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "haul/base/check.h"
#include "haul/columnar/arrow_error.h"

namespace haul::inspection {
namespace {

struct QuarantinedRow {
  std::uint64_t line = 0;
  std::string_view payload;
  std::vector<std::string_view> rules;
  std::string reason;
};

std::vector<QuarantinedRow> rows_of(const ingest::SplitRows& rows,
                                    const std::vector<ingest::Rejection>& rejections) {
  std::vector<QuarantinedRow> found;
  for (const ingest::Rejection& one : rejections) {
    const auto begin = static_cast<std::size_t>(rows.ends[one.row]);
    const auto end = static_cast<std::size_t>(rows.ends[one.row + 1]);
    const auto* bytes = reinterpret_cast<const char*>(rows.bytes.data());
    found.push_back({rows.lines[one.row],
                     {bytes + begin, end - begin},
                     {one.rules.begin(), one.rules.end()},
                     one.reason});
  }
  for (const ingest::SplitRows::TooLong& row : rows.too_long) {
    found.push_back({row.line, row.head, {refusal_rule(row)}, too_long_reason(row)});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const QuarantinedRow& a, const QuarantinedRow& b) { return a.line < b.line; });
  return found;
}

/// One builder a column, in the order of quarantine_schema().
class Columns {
 public:
  arrow::Status append(const Provenance& provenance, const QuarantinedRow& row) {
    ARROW_RETURN_NOT_OK(payload_.Append(row.payload));
    ARROW_RETURN_NOT_OK(provenance.header.empty() ? header_.AppendNull() : header_.Append(provenance.header));
    ARROW_RETURN_NOT_OK(file_.Append(provenance.file));
    ARROW_RETURN_NOT_OK(line_.Append(static_cast<std::int64_t>(row.line)));
    ARROW_RETURN_NOT_OK(rules_.Append());
    for (const std::string_view rule : row.rules) ARROW_RETURN_NOT_OK(rule_->Append(rule));
    ARROW_RETURN_NOT_OK(reason_.Append(row.reason));
    ARROW_RETURN_NOT_OK(contract_id_.Append(provenance.contract_id));
    return contract_version_.Append(provenance.contract_version);
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> finish() {
    const std::int64_t rows = payload_.length();
    arrow::ArrayVector columns;
    for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
             &payload_, &header_, &file_, &line_, &rules_, &reason_, &contract_id_, &contract_version_}) {
      ARROW_ASSIGN_OR_RAISE(auto column, builder->Finish());
      columns.push_back(std::move(column));
    }
    return arrow::RecordBatch::Make(columnar::to_arrow(quarantine_schema()), rows, std::move(columns));
  }

 private:
  arrow::BinaryBuilder payload_;
  arrow::StringBuilder header_;
  arrow::StringBuilder file_;
  arrow::Int64Builder line_;
  std::shared_ptr<arrow::StringBuilder> rule_ = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder rules_{arrow::default_memory_pool(), rule_};
  arrow::StringBuilder reason_;
  arrow::StringBuilder contract_id_;
  arrow::StringBuilder contract_version_;
};

}  // namespace

columnar::Schema quarantine_schema() {
  using columnar::Presence;
  using columnar::Privacy;
  return {{{"payload", arrow::binary(), Presence::kRequired, Privacy::kPersonal},
           {"_header", arrow::utf8()},
           {"_file", arrow::utf8(), Presence::kRequired},
           {"_line", arrow::int64(), Presence::kRequired},
           {"rules", arrow::list(arrow::utf8())},
           {"reason", arrow::utf8()},
           {"contract_id", arrow::utf8()},
           {"contract_version", arrow::utf8()}}};
}

Result<void> write_quarantine(ParquetFile& file, const Provenance& provenance, const ingest::SplitRows& rows,
                              const std::vector<ingest::Rejection>& rejections) {
  if (rejections.empty() && rows.too_long.empty()) return {};
  Columns columns;
  for (const QuarantinedRow& row : rows_of(rows, rejections)) {
    const arrow::Status status = columns.append(provenance, row);
    if (!status.ok()) return fail(columnar::to_error(status, "build the rows for quarantine"));
  }
  const auto batch = columns.finish();
  if (!batch.ok()) return fail(columnar::to_error(batch.status(), "build the rows for quarantine"));
  return file.write(**batch);
}

}  // namespace haul::inspection
