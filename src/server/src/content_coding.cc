#include "content_coding.h"

#include <arrow/util/compression.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace haul::server {
namespace {

constexpr std::size_t kPieceBytes = 256U << 10U;
constexpr std::uint64_t kSmallBytes = 1U << 20U;

arrow::Compression::type type_of(std::string_view coding) {
  return coding == "zstd" ? arrow::Compression::ZSTD : arrow::Compression::GZIP;
}

/// Feeds a compressed body through Arrow's streaming decompressor into a spool.
class Unfolder {
 public:
  Unfolder(const Body& body, std::string_view coding, SpoolFolder& folder, const UnfoldLimits& limits)
      : body_(body), coding_(coding), limits_(limits), spool_(folder, limits.memory_max) {}

  Result<std::unique_ptr<Body>> run() {
    auto codec = arrow::util::Codec::Create(type_of(coding_));
    if (!codec.ok()) return fail(ErrorCode::kUnavailable, codec.status().message());
    auto stream = (*codec)->MakeDecompressor();
    if (!stream.ok()) return fail(ErrorCode::kUnavailable, stream.status().message());
    stream_ = *std::move(stream);
    for (std::uint64_t offset = 0; offset < body_.size();) {
      HAUL_TRY(got, body_.bytes().read_at(offset, in_));
      if (got == 0) break;
      HAUL_TRY_VOID(take(std::span(in_).first(got)));
      offset += got;
    }
    if (!stream_->IsFinished()) return broken("it ends in the middle");
    return spool_.finish();
  }

 private:
  Result<void> take(std::span<const std::byte> piece) {
    bool has_more = false;  // the decompressor holds output back
    while (!piece.empty() || has_more) {
      if (stream_->IsFinished()) {
        if (piece.empty()) return {};
        if (!stream_->Reset().ok()) return broken("something follows its end");
      }
      auto done = stream_->Decompress(
          static_cast<std::int64_t>(piece.size()), reinterpret_cast<const std::uint8_t*>(piece.data()),
          static_cast<std::int64_t>(out_.size()), reinterpret_cast<std::uint8_t*>(out_.data()));
      if (!done.ok()) return broken(done.status().message());
      const auto read = static_cast<std::size_t>(done->bytes_read);
      const auto written = static_cast<std::size_t>(done->bytes_written);
      piece = piece.subspan(read);
      HAUL_TRY_VOID(check_size(written));
      HAUL_TRY_VOID(spool_.append(std::span(out_).first(written)));
      has_more = done->need_more_output;
      if (read > 0 || written > 0 || stream_->IsFinished()) continue;
      // No progress: it waits for more input, whatever it says about its output.
      return piece.empty() ? Result<void>() : broken("it stops making sense");
    }
    return {};
  }

  Result<void> check_size(std::size_t more) {
    const std::uint64_t size = spool_.size() + more;
    if (size > limits_.bytes_max) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the body unfolds to more than {} bytes: send it in parts", limits_.bytes_max));
    }
    if (size > std::max(kSmallBytes, limits_.ratio_max * body_.size())) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the body unfolds to more than {} times its size", limits_.ratio_max));
    }
    return {};
  }

  [[nodiscard]] tl::unexpected<Error> broken(std::string_view why) const {
    return fail(ErrorCode::kInvalidInput, fmt::format("the body is not {}: {}", coding_, why));
  }

  const Body& body_;
  std::string_view coding_;
  UnfoldLimits limits_;
  Spool spool_;
  std::shared_ptr<arrow::util::Decompressor> stream_;  // Arrow hands it out shared
  std::vector<std::byte> in_ = std::vector<std::byte>(kPieceBytes);
  std::vector<std::byte> out_ = std::vector<std::byte>(kPieceBytes);
};

}  // namespace

bool is_known_coding(std::string_view coding) {
  return coding.empty() || coding == "identity" || coding == "gzip" || coding == "x-gzip" || coding == "zstd";
}

Result<std::unique_ptr<Body>> unfold(std::unique_ptr<Body> body, std::string_view coding, SpoolFolder& folder,
                                     const UnfoldLimits& limits) {
  if (coding.empty() || coding == "identity") return body;
  return Unfolder(*body, coding, folder, limits).run();
}

}  // namespace haul::server
