#pragma once

#include <memory>
#include <string>

#include "byte_stream.h"
#include "haul/edi/interchange_reader.h"
#include "haul/ingest/row_splitter.h"

namespace haul::ingest {

/// Cuts a file of interchanges into events (edi::InterchangeReader). A row's line is the number of its
/// segment in the file. Rows carry the headers of their interchange, so the file has none.
class EdiSplitter final : public RowSplitter {
 public:
  EdiSplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format, SplitOptions options);

  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const FormatOptions& row_format() const override { return format_; }
  Result<SplitRows> next() override;

 private:
  std::unique_ptr<ByteStream> stream_;
  std::string header_;
  FormatOptions format_;
  std::string chunk_;
  edi::InterchangeReader reader_;
};

/// How interchanges of a format are read.
[[nodiscard]] edi::ReaderOptions reader_options(const FormatOptions& format, std::uint32_t row_bytes_max);

}  // namespace haul::ingest
