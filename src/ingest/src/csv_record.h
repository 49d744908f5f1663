#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace haul::ingest {

struct CsvField {
  std::string_view text;  ///< Without quotes, doubled quotes made one.
  bool quoted = false;
};

/// One CSV record cut into fields by RFC 4180. Stricter than most readers on purpose: a quote inside an
/// unquoted field, or text behind a closing quote, is an error, because the fields that a guess would give
/// may be wrong ones. Reused from record to record; one thread.
class CsvRecord {
 public:
  /// Both are printable ASCII or a tab, and differ.
  CsvRecord(char delimiter, char quote) : delimiter_(delimiter), quote_(quote) {}

  /// Null where the record is fine, else what is wrong with it. `record` has no line end and outlives the
  /// fields.
  const char* split(std::string_view record);
  /// Of the last split() that was fine; at least one.
  [[nodiscard]] const std::vector<CsvField>& fields() const { return fields_; }

 private:
  enum class Plain { kYes, kNo, kNul };
  Plain split_plain(std::string_view record);
  const char* split_quoted(std::string_view record);
  const char* take_quoted(std::string_view record, std::size_t& at);

  char delimiter_;
  char quote_;
  std::vector<CsvField> fields_;
  std::string unescaped_;  // never grows during a split: the fields point into it
};

}  // namespace haul::ingest
