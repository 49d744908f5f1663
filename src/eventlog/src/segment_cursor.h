#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batch_format.h"
#include "haul/base/file_system.h"

namespace haul::eventlog {

/// Walks the heads of the batches of one segment file, in order, proving that each follows the one before.
/// One thread at a time; the file must outlive it. Reads through a window of its own, so a walk over heads
/// alone touches little of the file.
class SegmentCursor {
 public:
  struct Start {
    std::uint64_t stream = 0;    ///< Every batch must carry it.
    std::uint64_t position = 0;  ///< Of the first head to read.
    std::uint64_t limit = 0;     ///< Nothing at or after this position is read.
    Offset expected{0};          ///< The first head must have this offset.
  };
  SegmentCursor(const ReadableFile& file, Path path, Start start);

  /// The head at position(), verified, its body not yet; nothing at the limit. The views live until the next
  /// call. kCorrupt: no batch that belongs here; the message names file and position.  kUnavailable: I/O.
  Result<std::optional<BatchHead>> next_head();

  /// Reads the body of the head just returned against its checksum. Errors as next_head().
  Result<void> verify_body();

  /// Steps over the batch of the head just returned.
  void step_over();

  /// Where the head to read, or the one just returned, begins.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  /// The offset that the next head must have.
  [[nodiscard]] Offset expected() const { return expected_; }

 private:
  Result<std::span<const std::byte>> window(std::uint64_t position, std::size_t size, std::size_t read_ahead);
  [[nodiscard]] tl::unexpected<Error> corrupt(const std::string& what) const;

  const ReadableFile* file_;
  Path path_;
  std::uint64_t stream_;
  std::uint64_t position_;
  std::uint64_t limit_;
  Offset expected_;
  std::optional<BatchHead> current_;
  std::vector<std::byte> buffer_;
  std::uint64_t buffer_at_ = 0;
};

/// "<path> at byte <position>: <what>"
[[nodiscard]] std::string at_place(const Path& path, std::uint64_t position, std::string_view what);

/// Whether damage at `position` of the last segment destroyed bytes that a commit had made durable: true
/// where a whole head of this stream stands behind it that was written after the bytes at `position` were
/// synced. A power cut can tear only the last commit, in any order of its pages. kUnavailable: I/O.
Result<bool> is_damage_in_durable_bytes(const ReadableFile& file, std::uint64_t stream,
                                        std::uint64_t position, Offset expected);

}  // namespace haul::eventlog
