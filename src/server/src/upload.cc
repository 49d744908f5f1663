#include "upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "haul/base/hash.h"

namespace haul::server {
namespace {

constexpr std::uint64_t kPartBytesMax = 8U << 20U;
constexpr std::size_t kHashBytes = 256U << 10U;

Result<std::string> sha256_of(const Body& body) {
  Sha256 hash;
  std::vector<std::byte> piece(std::min<std::uint64_t>(kHashBytes, body.size()));
  for (std::uint64_t offset = 0; offset < body.size();) {
    HAUL_TRY(got, body.bytes().read_at(offset, piece));
    if (got == 0) break;
    hash.update(std::span(piece).first(got));
    offset += got;
  }
  return hash.finish();
}

Result<std::unique_ptr<ingest::RowSplitter>> split(const Body& body, const ingest::FormatOptions& format) {
  // A small body is one read of its own size: a larger buffer would only cost time to clear.
  const auto chunk = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(body.size(), 16, kPartBytesMax));
  return ingest::RowSplitter::open(body.bytes(), format, {.chunk_bytes = chunk});
}

/// A line is a row whatever stands in it, and of interchanges and EPCIS any bytes are taken. In other formats
/// the end of a body may show that it is none: then none of its rows may be in the log yet.
Result<void> check_whole(const Body& body, const ingest::FormatOptions& format) {
  const bool may_fail = format.format == ingest::Format::kJson || format.format == ingest::Format::kParquet ||
                        format.format == ingest::Format::kArrow;
  if (!may_fail) return {};
  HAUL_TRY(splitter, split(body, format));
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    last = rows.last;
  }
  return {};
}

/// What the first bytes say: "gzip", "zstd" or "". Rows of text begin with neither.
Result<std::string_view> coding_by_magic(const Body& body) {
  std::array<std::byte, 4> first{};
  HAUL_TRY(got, body.bytes().read_at(0, first));
  const std::string_view magic(reinterpret_cast<const char*>(first.data()), got);
  if (magic.starts_with("\x1F\x8B")) return std::string_view("gzip");
  if (magic == "\x28\xB5\x2F\xFD") return std::string_view("zstd");
  return std::string_view();
}

}  // namespace

Result<ReceivedBody> receive(const UploadSpec& spec, std::unique_ptr<Body> body, SpoolFolder& spool,
                             const UnfoldLimits& limits) {
  HAUL_TRY(sent, unfold(std::move(body), spec.coding, spool, limits));
  HAUL_TRY(magic, coding_by_magic(*sent));  // a compressed file, sent as it is
  HAUL_TRY(unfolded, unfold(std::move(sent), magic, spool, limits));
  HAUL_TRY(sha256, sha256_of(*unfolded));
  auto receipt = std::make_shared<Receipt>();
  receipt->id = receipt_id(spec.source.name, spec.producer, spec.idempotency_key, sha256);
  receipt->source = spec.source.name;
  receipt->producer = spec.producer;
  receipt->sha256 = sha256;
  receipt->idempotency_key = spec.idempotency_key;
  return ReceivedBody{.body = std::move(unfolded), .receipt = std::move(receipt)};
}

Result<void> recall(Receipt& receipt, const ReceiptBook& receipts) {
  if (!receipt.idempotency_key.empty()) {
    HAUL_TRY(earlier, receipts.find_by_key(receipt.source, receipt.producer, receipt.idempotency_key));
    if (earlier && earlier->sha256 != receipt.sha256) {
      return fail(
          ErrorCode::kConflict,
          fmt::format("the Idempotency-Key '{}' came before, with other rows (receipt {}): take another",
                      receipt.idempotency_key, earlier->id));
    }
  }
  HAUL_TRY(known, receipts.find(receipt.id));
  if (!known) return {};
  Receipt identity = std::move(receipt);
  receipt = *std::move(known);
  receipt.sha256 = std::move(identity.sha256);  // what recovery found in the log does not know it
  receipt.idempotency_key = std::move(identity.idempotency_key);
  return {};
}

Result<std::shared_ptr<Upload>> Upload::open(const UploadSpec& spec, ReceivedBody received,
                                             std::uint32_t partitions, IngestWriter& writer, WorkerPool& pool,
                                             StageTimes& stages, Done done) {
  std::shared_ptr<Upload> upload(new Upload(std::move(received), writer, pool, stages, std::move(done)));
  Receipt& receipt = *upload->received_.receipt;
  receipt.lines.resize(partitions);
  const Body& body = *upload->received_.body;
  HAUL_TRY_VOID(check_whole(body, spec.format));
  HAUL_TRY(splitter, split(body, spec.format));
  upload->splitter_ = std::move(splitter);
  HAUL_TRY(batcher, ingest::RowBatcher::make(upload->splitter_->row_format(), upload->splitter_->header(),
                                             spec.source.key, receipt.lines));
  upload->batcher_ = std::move(batcher);
  return upload;
}

void Upload::step() {
  auto rows = splitter_->next();
  if (!rows) return done_(fail(std::move(rows).error()));
  ingest::RowBatches taken = batcher_->take(*rows);
  const bool is_last = rows->last;
  const auto now = stages_.now();
  stages_.note(Stage::kPrepare, now - received_.began);
  writer_.submit({.receipt = received_.receipt,
                  .batches = std::move(taken.batches),
                  .format = splitter_->row_format(),
                  .header = splitter_->header(),
                  .rows_too_long = taken.rows_too_long,
                  .is_last = is_last,
                  .queued_at = now,
                  .failures = received_.failures,
                  .done = [self = shared_from_this(), is_last](const Result<void>& written) {
                    self->on_written(written, is_last);
                  }});
}

void Upload::on_written(const Result<void>& written, bool is_last) {
  if (!written) return done_(fail(written.error()));
  if (is_last) return done_(*received_.receipt);
  received_.began = stages_.now();
  pool_.go_on([self = shared_from_this()] { self->step(); });
}

}  // namespace haul::server
