#include "byte_stream.h"

#include <arrow/util/compression.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace haul::ingest {
namespace {

/// Below this many decompressed bytes the ratio says nothing: a small file of blanks may shrink a
/// thousandfold.
constexpr std::uint64_t kRatioFrom = 16U << 20U;
constexpr std::size_t kPieceBytes = 256U << 10U;

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(const ReadableFile& file) : file_(file) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    HAUL_TRY(bytes, file_.read_at(offset_, into));
    offset_ += bytes;
    ended_ = bytes < into.size() || offset_ >= file_.size();
    return bytes;
  }
  [[nodiscard]] bool at_end() const override { return ended_; }
  [[nodiscard]] std::uint64_t file_bytes() const override { return offset_; }

 private:
  const ReadableFile& file_;
  std::uint64_t offset_ = 0;
  bool ended_ = false;
};

/// Members that follow one another (`cat a.gz b.gz`) are one stream, as gzip and zstd read them.
class CompressedStream final : public ByteStream {
 public:
  CompressedStream(const ReadableFile& file, std::string_view format, ExpansionLimits limits,
                   std::shared_ptr<arrow::util::Decompressor> decompressor)
      : file_(file),
        format_(format),
        limits_(limits),
        decompressor_(std::move(decompressor)),
        piece_(kPieceBytes) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    std::size_t filled = 0;
    while (filled < into.size() && !ended_) {
      HAUL_TRY(bytes, step(into.subspan(filled)));
      filled += bytes;
    }
    return filled;
  }
  [[nodiscard]] bool at_end() const override { return ended_; }
  [[nodiscard]] std::uint64_t file_bytes() const override { return offset_ - (held_ - used_); }

 private:
  Result<std::size_t> step(std::span<std::byte> into) {
    if (used_ == held_ && !drains_) HAUL_TRY_VOID(read_piece());
    if (used_ == held_ && !drains_) {
      if (is_within_member_) return fail(damaged("is cut off"));
      ended_ = true;
      return std::size_t{0};
    }
    is_within_member_ = true;
    const auto* input = reinterpret_cast<const std::uint8_t*>(piece_.data() + used_);
    auto done = decompressor_->Decompress(static_cast<std::int64_t>(held_ - used_), input,
                                          static_cast<std::int64_t>(into.size()),
                                          reinterpret_cast<std::uint8_t*>(into.data()));
    if (!done.ok()) return fail(damaged(fmt::format("is damaged ({})", done.status().message())));
    // Bytes may wait inside the decompressor for room, while it has taken all of its input.
    drains_ = done->need_more_output;
    used_ += static_cast<std::size_t>(done->bytes_read);
    written_ += static_cast<std::uint64_t>(done->bytes_written);
    HAUL_TRY_VOID(check_growth());
    if (decompressor_->IsFinished()) HAUL_TRY_VOID(end_member());
    return static_cast<std::size_t>(done->bytes_written);
  }

  Result<void> read_piece() {
    HAUL_TRY(bytes, file_.read_at(offset_, piece_));
    offset_ += bytes;
    held_ = bytes;
    used_ = 0;
    return {};
  }

  Result<void> end_member() {
    is_within_member_ = false;
    drains_ = false;
    const arrow::Status status = decompressor_->Reset();
    if (!status.ok()) return fail(ErrorCode::kUnavailable, status.ToString());
    return {};
  }

  Result<void> check_growth() const {
    if (written_ > limits_.bytes_max) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the {} file grows beyond {} bytes: send it in parts",
                                                        format_, limits_.bytes_max));
    }
    const std::uint64_t used = std::max<std::uint64_t>(file_bytes(), 1);
    if (written_ > kRatioFrom && written_ / used > limits_.ratio_max) {
      return fail(
          ErrorCode::kInvalidInput,
          fmt::format("the {} file grows more than {}-fold ({} bytes from {}): send it uncompressed if it "
                      "is meant",
                      format_, limits_.ratio_max, written_, used));
    }
    return {};
  }

  [[nodiscard]] Error damaged(std::string_view how) const {
    return {ErrorCode::kInvalidInput,
            fmt::format("the {} file {} after {} of its bytes: send it again", format_, how, file_bytes())};
  }

  const ReadableFile& file_;
  std::string_view format_;
  ExpansionLimits limits_;
  std::shared_ptr<arrow::util::Decompressor> decompressor_;
  std::vector<std::byte> piece_;
  std::size_t held_ = 0;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t written_ = 0;
  bool drains_ = false;
  bool is_within_member_ = false;
  bool ended_ = false;
};

Result<std::unique_ptr<ByteStream>> decompressed(const ReadableFile& file, arrow::Compression::type type,
                                                 std::string_view format, const ExpansionLimits& limits) {
  auto codec = arrow::util::Codec::Create(type);
  if (!codec.ok()) return fail(ErrorCode::kUnavailable, codec.status().ToString());
  auto decompressor = (*codec)->MakeDecompressor();
  if (!decompressor.ok()) return fail(ErrorCode::kUnavailable, decompressor.status().ToString());
  return std::make_unique<CompressedStream>(file, format, limits, *decompressor);
}

}  // namespace

Result<std::unique_ptr<ByteStream>> open_byte_stream(const ReadableFile& file,
                                                     const ExpansionLimits& limits) {
  std::array<std::byte, 4> first{};
  HAUL_TRY(bytes, file.read_at(0, first));
  const std::string_view magic(reinterpret_cast<const char*>(first.data()), bytes);
  if (magic.starts_with("\x1F\x8B")) return decompressed(file, arrow::Compression::GZIP, "gzip", limits);
  if (magic == "\x28\xB5\x2F\xFD") return decompressed(file, arrow::Compression::ZSTD, "zstd", limits);
  return std::make_unique<PlainStream>(file);
}

}  // namespace haul::ingest
