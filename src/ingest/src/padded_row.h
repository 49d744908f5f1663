#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Bytes that may be read behind a row's end, as simdjson and our scanners do.
constexpr std::size_t kRowPadding = 64;

/// The text of a raw row with kRowPadding readable bytes behind it: in place where the batch goes on far
/// enough, else in `spare`.
[[nodiscard]] inline std::string_view padded_row(const RawRows& raw, std::size_t row, std::string& spare) {
  const auto begin = static_cast<std::size_t>(raw.ends[row]);
  const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
  const auto* const bytes = reinterpret_cast<const char*>(raw.bytes.data());
  if (raw.bytes.size() - end >= kRowPadding) return {bytes + begin, end - begin};
  spare.assign(bytes + begin, end - begin);
  spare.resize(end - begin + kRowPadding, ' ');
  return std::string_view(spare).substr(0, end - begin);
}

}  // namespace haul::ingest
