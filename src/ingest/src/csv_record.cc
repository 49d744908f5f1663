#include "csv_record.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "byte_block.h"

namespace haul::ingest {
namespace {

constexpr char kFiller = '\x01';  // never a delimiter or a quote: those are printable or a tab

}  // namespace

const char* CsvRecord::split(std::string_view record) {
  fields_.clear();
  switch (split_plain(record)) {
    case Plain::kYes:
      return nullptr;
    case Plain::kNul:
      return "the record holds a NUL byte";
    case Plain::kNo:
      break;
  }
  fields_.clear();
  if (record.find('\0') != std::string_view::npos) return "the record holds a NUL byte";
  return split_quoted(record);
}

/// Sixteen bytes at a time, as long as there is no quote.
CsvRecord::Plain CsvRecord::split_plain(std::string_view record) {
  const char* const begin = record.data();
  std::size_t field = 0;
  for (std::size_t at = 0; at < record.size(); at += ByteBlock::kBytes) {
    char tail[ByteBlock::kBytes];
    const char* bytes = begin + at;
    if (at + ByteBlock::kBytes > record.size()) {
      std::memset(tail, kFiller, sizeof tail);
      std::memcpy(tail, bytes, record.size() - at);
      bytes = tail;
    }
    const ByteBlock block(bytes);
    if (block.equal_to(quote_) != 0) return Plain::kNo;
    if (block.equal_to('\0') != 0) return Plain::kNul;
    for (std::uint32_t ends = block.equal_to(delimiter_); ends != 0; ends &= ends - 1) {
      const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(ends));
      fields_.push_back({.text = record.substr(field, end - field)});
      field = end + 1;
    }
  }
  fields_.push_back({.text = record.substr(field)});
  return Plain::kYes;
}

const char* CsvRecord::split_quoted(std::string_view record) {
  unescaped_.clear();
  unescaped_.reserve(record.size());
  std::size_t at = 0;
  while (true) {
    if (at < record.size() && record[at] == quote_) {
      if (const char* problem = take_quoted(record, at)) return problem;
    } else {
      const std::size_t end = std::min(record.find(delimiter_, at), record.size());
      const std::string_view text = record.substr(at, end - at);
      if (text.find(quote_) != std::string_view::npos)
        return "a quote stands inside a field that is not quoted";
      fields_.push_back({.text = text});
      at = end;
    }
    if (at == record.size()) return nullptr;
    ++at;  // the delimiter
  }
}

/// From an opening quote to the delimiter behind the closing one, or the end.
const char* CsvRecord::take_quoted(std::string_view record, std::size_t& at) {
  const std::size_t begin = unescaped_.size();
  ++at;
  while (true) {
    const std::size_t quote = record.find(quote_, at);
    if (quote == std::string_view::npos) return "a quoted field is never closed";
    unescaped_.append(record, at, quote - at);
    at = quote + 1;
    if (at == record.size() || record[at] != quote_) break;
    unescaped_.push_back(quote_);
    ++at;
  }
  if (at < record.size() && record[at] != delimiter_)
    return "text stands behind the closing quote of a field";
  fields_.push_back({.text = std::string_view(unescaped_).substr(begin), .quoted = true});
  return nullptr;
}

}  // namespace haul::ingest
