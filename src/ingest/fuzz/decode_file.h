#pragma once

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/check.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {

/// The bytes at hand as a file.
class FuzzFile final : public ReadableFile {
 public:
  explicit FuzzFile(std::string_view content) : content_(content) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= content_.size()) return std::size_t{0};
    return content_.copy(reinterpret_cast<char*>(into.data()), into.size(), offset);
  }
  [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

 private:
  std::string_view content_;
};

/// Splits, reads the keys, decodes; every row is accounted for, and the columns are sound.
inline void decode_file(const FormatOptions& format, const columnar::Schema& schema,
                        const std::vector<std::string>& key, std::string_view content) {
  const FuzzFile file(content);
  for (const std::uint32_t chunk : {std::uint32_t{5}, std::uint32_t{64U << 10U}}) {
    auto splitter = RowSplitter::open(file, format, {.chunk_bytes = chunk, .row_bytes_max = 4096});
    if (!splitter) return;
    auto keys = KeyReader::make((*splitter)->row_format(), (*splitter)->header(), key);
    auto decoder = Decoder::make((*splitter)->row_format(), schema, (*splitter)->header());
    if (!keys || !decoder) return;
    std::vector<std::uint64_t> hashes;
    for (bool last = false; !last;) {
      const auto rows = (*splitter)->next();
      if (!rows) return;
      last = rows->last;
      if (rows->lines.empty()) continue;
      HAUL_CHECK(std::is_sorted(rows->lines.begin(), rows->lines.end()), "lines ascend");
      (*keys)->hashes(rows->view(), hashes);
      const auto batch = (*decoder)->decode(rows->view());
      HAUL_CHECK(batch.has_value(), "a batch is decoded whatever is in it");
      HAUL_CHECK(batch->row_of.size() + batch->rejected.size() == rows->view().size(), "each row counts");
      HAUL_CHECK(batch->rows->ValidateFull().ok(), "columns are sound");
    }
  }
}

}  // namespace haul::ingest
