#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "haul/ingest/key_ledger.h"

namespace haul::ingest {

/// One key as a file holds it: 24 bytes as they lie in memory, read back by the process that wrote them.
struct KeyRecord {
  Hash128 key;
  std::uint64_t row = 0;
};

/// In a KeyRecord: a key that is there without a row.
inline constexpr std::uint64_t kKnownKey = ~std::uint64_t{0};

/// Keys of one partition in a file, in the order of arrival. Written, then read; removed with the object.
/// One thread.
class KeyLedger::Run {
 public:
  /// The file is made with the first full buffer of `buffer_records`, and open only while it is written or
  /// read: there are hundreds of runs at a time. `written` counts the bytes of all runs.
  Run(FileSystem& files, Path path, std::size_t buffer_records, std::uint64_t& written)
      : files_(files), path_(std::move(path)), buffer_records_(buffer_records), written_(written) {}
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Result<void> append(const KeyRecord& record) {
    if (buffer_.capacity() == 0) buffer_.reserve(buffer_records_);
    buffer_.push_back(record);
    return buffer_.size() < buffer_records_ ? Result<void>() : flush();
  }
  /// Calls `take` with all records in order, piece by piece, until it gives false. What was appended last
  /// comes from the buffer.
  Result<void> read(const std::function<Result<bool>(std::span<const KeyRecord>)>& take) const;

 private:
  Result<void> flush();

  FileSystem& files_;
  Path path_;
  std::size_t buffer_records_;
  std::uint64_t& written_;
  std::vector<KeyRecord> buffer_;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace haul::ingest
