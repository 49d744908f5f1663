#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Finds where records end, in text that comes in pieces: NDJSON by line feed, CSV by line feeds outside
/// quotes (RFC 4180; a quote opens a field only at its start). Allocation-free.
class RecordScanner {
 public:
  explicit RecordScanner(const FormatOptions& format)
      : quotes_(format.format == Format::kCsv), delimiter_(format.csv.delimiter), quote_(format.csv.quote) {}

  /// Looks on in the current record. The place of the line feed that ends it, or npos: then all of `text`
  /// belongs to the record, and the next call goes on behind it. After a line feed a new record begins.
  std::size_t find_end(std::string_view text);

  /// Line feeds inside the quotes of the record that the last find_end() ended (or left open).
  [[nodiscard]] std::uint32_t inner_lines() const { return inner_lines_; }
  /// Begins a new record; find_end() has not been called for it.
  void restart() {
    state_ = State::kRecordStart;
    inner_lines_ = 0;
  }

 private:
  enum class State : std::uint8_t { kRecordStart, kFieldStart, kPlain, kQuoted, kQuoteInQuoted };
  std::size_t walk(std::string_view text);
  [[nodiscard]] State after(char c) const;

  bool quotes_;
  char delimiter_;
  char quote_;
  State state_ = State::kRecordStart;
  std::uint32_t inner_lines_ = 0;
};

}  // namespace haul::ingest
