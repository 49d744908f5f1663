#include "key_run.h"

namespace haul::ingest {

namespace {

constexpr std::size_t kReadRecords = 4096;

}  // namespace

KeyLedger::Run::~Run() {
  if (file_bytes_ > 0) static_cast<void>(files_.remove(path_).has_value());
}

Result<void> KeyLedger::Run::flush() {
  const OpenMode mode = file_bytes_ == 0 ? OpenMode::kTruncate : OpenMode::kAppend;
  HAUL_TRY(file, files_.open_for_write(path_, mode));
  const auto bytes = std::as_bytes(std::span(buffer_));
  file_bytes_ += bytes.size();
  written_ += bytes.size();
  HAUL_TRY_VOID(file->append(bytes));
  buffer_.clear();
  return {};
}

Result<void> KeyLedger::Run::read(const std::function<Result<bool>(std::span<const KeyRecord>)>& take) const {
  if (file_bytes_ > 0) {
    HAUL_TRY(reader, files_.open_for_read(path_));
    std::vector<KeyRecord> piece(kReadRecords);
    for (std::uint64_t at = 0; at < file_bytes_;) {
      HAUL_TRY(bytes, reader->read_at(at, std::as_writable_bytes(std::span(piece))));
      if (bytes == 0 || bytes % sizeof(KeyRecord) != 0) {
        return fail(ErrorCode::kUnavailable, path_.string() + ": shorter than what was written to it");
      }
      HAUL_TRY(goes_on, take(std::span(piece).first(bytes / sizeof(KeyRecord))));
      if (!goes_on) return {};
      at += bytes;
    }
  }
  auto last = take(buffer_);
  return last ? Result<void>() : Result<void>(fail(std::move(last).error()));
}

}  // namespace haul::ingest
