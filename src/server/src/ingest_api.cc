#include "haul/server/ingest_api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <utility>

#include "acknowledgement_api.h"
#include "haul/base/json.h"
#include "haul/ingest/media_type.h"
#include "http_text.h"
#include "ingest_writer.h"
#include "rate_limiter.h"
#include "receipt_api.h"
#include "upload.h"

namespace haul::server {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::size_t kReceiptsMax = 1'000'000;
constexpr std::size_t kPoolThreads = 2;
constexpr std::size_t kPoolWaitingMax = 2'048;
constexpr std::size_t kTableWaitingMax = 64;
constexpr std::size_t kIdempotencyKeyBytesMax = 255;

Response busy(std::string_view type, std::string_view detail) {
  return retry_later(503, type, "Too busy to take more now", detail, 1s);
}

class Api final : public IngestApi {
 public:
  Api(const IngestContext& context, const ServerConfig& config)
      : context_(context),
        config_(config),
        limiter_(config.limits, context.clock),
        stages_(context.metrics, context.clock),
        pool_(kPoolThreads, kPoolWaitingMax, waiting("ingest")),
        tables_(1, kTableWaitingMax, waiting("table")) {}
  ~Api() override { stop(); }
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  Result<void> open();
  [[nodiscard]] std::vector<Route> routes() override;
  [[nodiscard]] std::string trouble() const override;
  [[nodiscard]] Offset receipts_needed_from() const override { return receipts_->needed_from(); }
  Result<void> forget_answers() override;
  void stop() override;

 private:
  Gauge& waiting(const char* pool) {
    return context_.metrics.gauge("haul_ingest_jobs_waiting", "Uploads that wait for a thread.",
                                  {{"pool", pool}});
  }
  [[nodiscard]] const ingest::Source* source_of(const RequestHead& head) const;
  [[nodiscard]] std::optional<Response> admit(const RequestHead& head);
  [[nodiscard]] std::optional<Response> refuse_for_load(const ingest::Source& source);
  [[nodiscard]] std::optional<Response> refuse_for_lag(const ingest::Source& source) const;
  void ingest(const std::shared_ptr<Request>& request, const Respond& respond);
  void start_upload(const std::shared_ptr<Request>& request, const Respond& respond);
  Response accepted(const UploadSpec& spec, const std::shared_ptr<Body>& body, const Receipt& receipt,
                    Replay replay);
  void send_to_topic(const UploadSpec& spec, ReceivedBody received, const Respond& respond);
  void send_to_table(const UploadSpec& spec, ReceivedBody received, const Respond& respond);
  Result<Receipt> load_table(const UploadSpec& spec, ReceivedBody& received);
  /// The same rows, or the same idempotency key, twice at once: the second is told to come later.
  bool begin(const Receipt& receipt);
  void end(const Receipt& receipt);
  static std::array<std::string, 2> names_of(const Receipt& receipt);

  IngestContext context_;
  const ServerConfig config_;
  RateLimiter limiter_;
  StageTimes stages_;
  std::unique_ptr<SpoolFolder> spool_;
  std::unique_ptr<ReceiptBook> receipts_;
  std::unique_ptr<ReceiptApi> receipt_api_;
  std::unique_ptr<AcknowledgementApi> acknowledgements_;
  std::map<std::string, std::unique_ptr<IngestWriter>> writers_;  // by source; fixed after open()
  WorkerPool pool_;
  WorkerPool tables_;  // one thread: a table has one committer

  std::mutex mutex_;  // guards under_way_
  std::set<std::string> under_way_;
};

Result<void> Api::open() {
  HAUL_TRY(spool, SpoolFolder::open(context_.files, context_.spool));
  spool_ = std::move(spool);
  HAUL_TRY(receipts, ReceiptBook::open(context_.log, kReceiptsMax));
  receipts_ = std::move(receipts);
  receipt_api_ = std::make_unique<ReceiptApi>(*receipts_, context_.landed, context_.clock, pool_);
  acknowledgements_ = std::make_unique<AcknowledgementApi>(context_, *receipts_, pool_);
  for (const auto& [name, source] : context_.sources) {
    if (source.delivery != ingest::Delivery::kTopic) continue;
    HAUL_TRY_VOID(context_.log.create_topic(ingest::topic_of(source)));
    Counter& rows =
        context_.metrics.counter("haul_ingest_rows_total", "Rows accepted over HTTP.", {{"source", name}});
    HAUL_TRY(writer, IngestWriter::open(context_.log, *receipts_, name, rows, stages_));
    writers_.emplace(name, std::move(writer));
  }
  return {};
}

std::vector<Route> Api::routes() {
  Route post{
      .method = "POST",
      .pattern = "/v1/ingest/{source}",
      .scope = "ingest:{source}",
      .body_bytes_max = config_.body_bytes_max,
      .handle = [this](std::shared_ptr<Request> request, Respond respond) { ingest(request, respond); },
      .admit = [this](const RequestHead& head) { return admit(head); },
      .summary = "Send rows to a source. Answers when they are on the disk."};
  post.parameters = {{"Idempotency-Key", "header", "Names this request: sent again, it changes nothing."},
                     {"Content-Encoding", "header", "gzip or zstd."}};
  post.body_types = ingest::media_types();
  post.responses = {{200, "Every row is in the log, synced."},
                    {400, "The body is not what its headers say; nothing was accepted."},
                    {409, "The same rows are being received."},
                    {413, "The body is too large."},
                    {415, "A media type or coding that is not taken."},
                    {422, "The Idempotency-Key came before, with other rows."},
                    {429, "The key's rate is used up: see Retry-After."},
                    {503, "Too busy, or the flow is too far behind: see Retry-After."}};
  return {std::move(post), receipt_api_->route(), acknowledgements_->route()};
}

std::string Api::trouble() const {
  for (const auto& [name, writer] : writers_) {
    if (std::string why = writer->trouble(); !why.empty()) return why;
  }
  return {};
}

Result<void> Api::forget_answers() {
  if (context_.interchanges == nullptr) return {};
  for (const auto& [name, source] : context_.sources) {
    HAUL_TRY_VOID(context_.interchanges->forget_documents(
        source, [this](std::string_view id) { return receipts_->remembers(id); }));
  }
  return {};
}

void Api::stop() {
  pool_.stop();
  tables_.stop();
  for (const auto& [name, writer] : writers_) writer->stop();
}

const ingest::Source* Api::source_of(const RequestHead& head) const {
  const auto found = context_.sources.find(head.parameters.at("source"));
  return found == context_.sources.end() ? nullptr : &found->second;
}

std::optional<Response> Api::admit(const RequestHead& head) {
  const ingest::Source* source = source_of(head);
  if (source == nullptr) {
    return problem(404, "not_found", "There is no such thing",
                   fmt::format("no source is called {}", head.parameters.at("source")));
  }
  if (!ingest::format_of_media_type(head.header("content-type"), source->format.format)) {
    return problem(415, "media_type", "The media type is not taken",
                   fmt::format("Content-Type may be {}; interchanges and EPCIS go to sources of that format",
                               fmt::join(ingest::media_types(), ", ")));
  }
  if (!is_known_coding(lower_case(head.header("content-encoding")))) {
    return problem(415, "content_encoding", "The content coding is not taken",
                   "Content-Encoding may be gzip or zstd, once");
  }
  // Receipts are JSON: a key that is no text would not be the same when it is read again.
  if (const std::string_view key = head.header("idempotency-key");
      key.size() > kIdempotencyKeyBytesMax || !is_utf8(key)) {
    return problem(400, "idempotency_key", "The Idempotency-Key is not taken",
                   fmt::format("it may have {} bytes of UTF-8", kIdempotencyKeyBytesMax));
  }
  if (const auto wait = limiter_.wait(head.caller.name); wait > 0ns) {
    return retry_later(429, "rate_limited", "The rate of this key is used up",
                       fmt::format("{} has sent more than {} rows or {} bytes a second", head.caller.name,
                                   config_.limits.rows_per_second, config_.limits.bytes_per_second),
                       wait);
  }
  return refuse_for_load(*source);
}

std::optional<Response> Api::refuse_for_load(const ingest::Source& source) {
  if (context_.free_disk_bytes() < config_.free_disk_bytes_min) {
    return busy("disk_full", "the disk is nearly full: nothing is taken until there is room again");
  }
  const auto writer = writers_.find(source.name);
  if (writer == writers_.end()) return std::nullopt;
  if (writer->second->is_refusing()) {
    return retry_later(503, "unavailable", "Not possible now", writer->second->trouble(), 5s);
  }
  if (writer->second->is_full()) return busy("log_busy", "more waits for the disk than it takes");
  return refuse_for_lag(source);
}

std::optional<Response> Api::refuse_for_lag(const ingest::Source& source) const {
  const std::vector<Offset> landed = context_.landed.landed(source.name);
  std::uint64_t waiting = 0;
  for (std::uint32_t p = 0; p < landed.size(); ++p) {
    const auto range = context_.log.range(source.name, PartitionId{p});
    if (range) waiting += range->end.raw() - std::min(range->end, landed[p]).raw();
  }
  if (waiting <= config_.waiting_rows_max) return std::nullopt;
  return retry_later(
      503, "flow_behind", "The flow is too far behind",
      fmt::format("{} rows of {} wait to land, more than {}", waiting, source.name, config_.waiting_rows_max),
      5s);
}

void Api::ingest(const std::shared_ptr<Request>& request, const Respond& respond) {
  const auto upload = [this, request, respond, came = stages_.now()] {
    stages_.note(Stage::kWait, stages_.now() - came);
    start_upload(request, respond);
  };
  if (!pool_.try_submit(upload)) respond(busy("busy", "as many uploads as may wait do so"));
}

void Api::start_upload(const std::shared_ptr<Request>& request, const Respond& respond) {
  const auto began = stages_.now();
  const RequestHead& head = request->head;
  const ingest::Source& source = *source_of(head);
  ingest::FormatOptions format = source.format;
  format.format =
      ingest::format_of_media_type(head.header("content-type"), format.format).value_or(format.format);
  const UploadSpec spec{.source = source,
                        .format = std::move(format),
                        .producer = head.caller.name,
                        .idempotency_key = std::string(head.header("idempotency-key")),
                        .coding = lower_case(head.header("content-encoding"))};
  auto body = std::move(request->body);
  if (body == nullptr) body = *Spool(*spool_, 0).finish();  // Content-Length: 0
  limiter_.spend(spec.producer, 0, body->size());
  auto received = receive(spec, std::move(body), *spool_, {.bytes_max = config_.body_bytes_max});
  if (!received) return respond(problem(received.error()));
  received->began = began;
  const Receipt& receipt = *received->receipt;
  if (!begin(receipt)) {
    return respond(retry_later(409, "under_way", "The same rows are being received",
                               "ask again when the other request has been answered", 1s));
  }
  const auto ended = [this, begun = receipt, respond](Response response) {
    end(begun);
    respond(std::move(response));
  };
  if (const auto writer = writers_.find(source.name); writer != writers_.end()) {
    received->failures = writer->second->failures();
  }
  const Result<void> recalled = recall(*received->receipt, *receipts_);
  if (!recalled && recalled.error().code == ErrorCode::kConflict) {
    return ended(problem(422, "idempotency_key", "The Idempotency-Key came with other rows",
                         recalled.error().message));
  }
  if (!recalled) return ended(problem(recalled.error()));
  if (receipt.is_complete) return ended(accepted(spec, received->body, receipt, Replay::kYes));
  const bool is_topic = source.delivery == ingest::Delivery::kTopic;
  is_topic ? send_to_topic(spec, *std::move(received), ended)
           : send_to_table(spec, *std::move(received), ended);
}

void Api::send_to_topic(const UploadSpec& spec, ReceivedBody received, const Respond& respond) {
  auto done = [this, spec, body = received.body, known_rows = received.receipt->accepted,
               respond](const Result<Receipt>& receipt) {
    if (!receipt) return respond(problem(receipt.error()));
    limiter_.spend(receipt->producer, receipt->accepted - known_rows, 0);
    if (!acknowledgements_->has_answers(spec)) return respond(receipt_response(*receipt, Replay::kNo));
    pool_.go_on(
        [this, spec, body, found = *receipt, respond] { respond(accepted(spec, body, found, Replay::kNo)); });
  };
  auto upload = Upload::open(spec, std::move(received), spec.source.partitions,
                             *writers_.at(spec.source.name), pool_, stages_, std::move(done));
  if (upload) return (*upload)->step();
  respond(problem(upload.error()));
}

/// The answer to a complete upload, and to its interchanges; on a thread of the pool.
Response Api::accepted(const UploadSpec& spec, const std::shared_ptr<Body>& body, const Receipt& receipt,
                       Replay replay) {
  if (!acknowledgements_->has_answers(spec)) return receipt_response(receipt, replay);
  const auto answered = acknowledgements_->answer(spec, *body, receipt);
  return answered ? receipt_response(receipt, replay, *answered) : problem(answered.error());
}

void Api::send_to_table(const UploadSpec& spec, ReceivedBody received, const Respond& respond) {
  auto job = [this, spec, shared = std::make_shared<ReceivedBody>(std::move(received)), respond] {
    auto receipt = load_table(spec, *shared);
    if (!receipt) return respond(problem(receipt.error()));
    limiter_.spend(receipt->producer, receipt->accepted, 0);
    respond(receipt_response(*receipt, Replay::kNo));
  };
  if (!tables_.try_submit(std::move(job)))
    respond(busy("busy", "as many files as may wait for their tables do so"));
}

Result<Receipt> Api::load_table(const UploadSpec& spec, ReceivedBody& received) {
  Receipt& receipt = *received.receipt;
  HAUL_TRY(file, received.body->file());
  HAUL_TRY(report, context_.load_table(spec.source, spec.format, file, shown_name(receipt)));
  receipt.at = context_.clock.now();
  receipt.is_complete = true;
  receipt.accepted = report.counts.rows;
  receipt.landed =
      LandedCounts{report.counts.valid, report.counts.quarantined, report.counts.quarantined_by_rule};
  HAUL_TRY_VOID(receipts_->append(std::span(&receipt, 1)));
  return receipt;
}

std::array<std::string, 2> Api::names_of(const Receipt& receipt) {
  const std::string& key = receipt.idempotency_key;
  return {receipt.id,
          key.empty() ? receipt.id : fmt::format("{}\n{}\n{}", receipt.source, receipt.producer, key)};
}

bool Api::begin(const Receipt& receipt) {
  const auto names = names_of(receipt);
  const std::lock_guard lock(mutex_);
  if (under_way_.contains(names[0]) || under_way_.contains(names[1])) return false;
  under_way_.insert(names.begin(), names.end());
  return true;
}

void Api::end(const Receipt& receipt) {
  const std::lock_guard lock(mutex_);
  for (const std::string& name : names_of(receipt)) under_way_.erase(name);
}

}  // namespace

Result<std::unique_ptr<IngestApi>> IngestApi::open(const IngestContext& context, const ServerConfig& config) {
  auto api = std::make_unique<Api>(context, config);
  HAUL_TRY_VOID(api->open());
  return std::unique_ptr<IngestApi>(std::move(api));
}

}  // namespace haul::server
