#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "haul/ingest/row_splitter.h"

namespace haul::ingest {

/// Puts a record together from the chunks it is spread over, and keeps no more of it than the limit.
class RecordCollector {
 public:
  explicit RecordCollector(std::uint32_t row_bytes_max) : row_bytes_max_(row_bytes_max) {}

  /// Keeps the beginning of a record that goes on in the next chunk, up to the limit.
  void hold(std::string_view piece) {
    if (was_ended_) clear();
    bytes_ += piece.size();
    begun_.append(piece.substr(0, std::min<std::size_t>(row_bytes_max_ - begun_.size(), piece.size())));
  }

  struct Record {
    std::string_view text;    ///< Cut to the limit; valid until the next call.
    std::uint64_t bytes = 0;  ///< Of the whole record.

    [[nodiscard]] bool is_too_long() const { return bytes > text.size(); }
  };

  /// Forgets what was held.
  void drop() { clear(); }

  /// The record that `last` is the rest of.
  Record end(std::string_view last) {
    if (was_ended_) clear();
    if (bytes_ == 0 && last.size() <= row_bytes_max_) return {last, last.size()};
    hold(last);
    was_ended_ = true;
    return {begun_, bytes_};
  }

 private:
  void clear() {
    begun_.clear();
    bytes_ = 0;
    was_ended_ = false;
  }

  std::uint32_t row_bytes_max_;
  std::string begun_;
  std::uint64_t bytes_ = 0;
  bool was_ended_ = false;
};

/// Appends a record to the rows of a read, or to the too long ones.
inline void add_record(const RecordCollector::Record& record, std::uint64_t line, SplitRows& rows) {
  if (record.is_too_long()) {
    rows.too_long.push_back({.line = line, .bytes = record.bytes, .head = std::string(record.text)});
    return;
  }
  const auto bytes = as_bytes(record.text);
  rows.bytes.insert(rows.bytes.end(), bytes.begin(), bytes.end());
  rows.ends.push_back(static_cast<std::int32_t>(rows.bytes.size()));
  rows.lines.push_back(line);
}

}  // namespace haul::ingest
