#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Reads the key of raw rows without decoding them whole: it decides the partition. A row whose key cannot be
/// read (bad JSON, missing field) gets the empty key: it is on its way to quarantine and any partition
/// serves. One thread at a time.
class KeyReader {
 public:
  /// kInvalidInput: a key column is not in the CSV header.
  static Result<std::unique_ptr<KeyReader>> make(const FormatOptions& options, std::string_view header,
                                                 const std::vector<std::string>& key_columns);
  virtual ~KeyReader() = default;
  /// hash64 of the key fields' text, each preceded by its length; one per row, into `hashes` (resized).
  virtual void hashes(const RawRows& raw, std::vector<std::uint64_t>& hashes) = 0;
};

}  // namespace haul::ingest
