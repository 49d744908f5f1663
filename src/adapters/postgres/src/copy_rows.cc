#include "copy_rows.h"

#include <span>

namespace haul::adapters::postgres {
namespace {

class CopyRows final : public ingest::RowSplitter {
 public:
  CopyRows(Connection& connection, std::string header) : connection_(connection), header_(std::move(header)) {
    format_.format = ingest::Format::kCsv;
  }

  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const ingest::FormatOptions& row_format() const override { return format_; }

  Result<ingest::SplitRows> next() override {
    ingest::SplitRows rows;
    rows.ends.push_back(0);
    while (rows.bytes.size() < kChunkBytes) {
      HAUL_TRY(row, connection_.next_row());
      if (!row) {
        rows.last = true;
        return rows;
      }
      ++line_;
      if (row->size() > ingest::kRowBytesMax) {
        rows.too_long.push_back(
            {.line = line_, .bytes = row->size(), .head = std::string(row->substr(0, ingest::kRowBytesMax))});
        continue;
      }
      const auto bytes = std::as_bytes(std::span(row->data(), row->size()));
      rows.bytes.insert(rows.bytes.end(), bytes.begin(), bytes.end());
      rows.ends.push_back(static_cast<std::int32_t>(rows.bytes.size()));
      rows.lines.push_back(line_);
    }
    return rows;
  }

 private:
  static constexpr std::size_t kChunkBytes = 4U << 20;

  Connection& connection_;
  std::string header_;
  ingest::FormatOptions format_;
  std::uint64_t line_ = 1;  // the header's
};

}  // namespace

std::unique_ptr<ingest::RowSplitter> make_copy_rows(Connection& connection, std::string header) {
  return std::make_unique<CopyRows>(connection, std::move(header));
}

}  // namespace haul::adapters::postgres
