#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// What the records of one log batch share: all that is needed to decode them later, by any version, without
/// the file or the source's configuration of that day. Format: docs/formats/batch_attributes.md.
struct BatchAttributes {
  FormatOptions format;
  std::string header;                ///< CSV header line as received.
  std::string file;                  ///< Name of the file, as the user knows it.
  std::string reject_reason;         ///< Not empty: the rows are for quarantine, cut to the limit.
  std::vector<std::uint64_t> lines;  ///< Line of each record in the file, ascending.
  std::string reject_rule = {};      ///< The rule they break; empty: they are too long.
  std::string cursor = {};           ///< Pulled pages: where the page was asked for, and the SHA-256 of its
  std::string page_sha256 = {};      ///< rows, each with a line feed. Empty: not pulled.
};

/// At most this many records fit one batch, so that the lines stay below the log's 64 KiB limit on
/// attributes.
inline constexpr std::size_t kBatchRecordsMax = 24'000;

/// JSON with the shared part, a line feed, then the lines as LEB128 differences.
[[nodiscard]] std::string encode_attributes(const BatchAttributes& attributes);

/// kCorrupt: not what encode_attributes() writes.
Result<BatchAttributes> decode_attributes(std::string_view text);

}  // namespace haul::ingest
