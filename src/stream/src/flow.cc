#include "haul/stream/flow.h"

#include <fmt/format.h>

#include "haul/ingest/batch_attributes.h"

namespace haul::stream {
namespace {

constexpr std::uint64_t kReadBytes = 4U << 20U;

class LandingFlow final : public Flow {
 public:
  LandingFlow(const FlowContext& context, const FlowConfig& config, std::unique_ptr<ingest::Landing> landing,
              std::uint32_t partitions)
      : context_(context),
        config_(config),
        landing_(std::move(landing)),
        partitions_(partitions),
        next_(landing_->resume()) {}

  Result<bool> step() override;
  Result<void> commit() override;
  Result<std::uint64_t> lag() override;
  [[nodiscard]] const std::vector<Offset>& committed() const override { return committed_; }
  [[nodiscard]] const ingest::LandingCounts& counts() const override { return landing_->counts(); }

 private:
  Result<bool> read_partition(PartitionId partition);
  Result<void> take(PartitionId partition, const eventlog::StoredBatch& stored);
  Result<void> commit_if_due();

  FlowContext context_;
  FlowConfig config_;
  std::unique_ptr<ingest::Landing> landing_;
  std::uint32_t partitions_;
  std::vector<Offset> next_;
  std::vector<Offset> committed_ = next_;
  std::chrono::nanoseconds pending_since_{0};
};

Result<bool> LandingFlow::step() {
  bool progressed = false;
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    HAUL_TRY(read, read_partition(PartitionId{p}));
    progressed = progressed || read;
    HAUL_TRY_VOID(commit_if_due());
  }
  return progressed;
}

Result<bool> LandingFlow::read_partition(PartitionId partition) {
  HAUL_TRY(batches, context_.log.read(config_.source, partition, next_[partition.raw()], kReadBytes));
  for (const eventlog::StoredBatch& stored : batches) {
    auto taken = take(partition, stored);
    if (!taken) {
      return fail(
          with_context(std::move(taken).error(), fmt::format("flow {}, partition {}, offset {}", config_.flow,
                                                             partition.raw(), stored.first.raw())));
    }
    next_[partition.raw()] = stored.end();
  }
  return !batches.empty();
}

Result<void> LandingFlow::take(PartitionId partition, const eventlog::StoredBatch& stored) {
  HAUL_TRY(attributes, ingest::decode_attributes(stored.attributes));
  if (attributes.lines.size() != stored.records.size()) {
    return fail(ErrorCode::kCorrupt, fmt::format("a batch of {} records names {} lines",
                                                 stored.records.size(), attributes.lines.size()));
  }
  if (landing_->pending_bytes() == 0) pending_since_ = context_.landing.lake.clock.steady();
  return landing_->take({.partition = partition,
                         .first = stored.first,
                         .at = stored.at,
                         .format = attributes.format,
                         .header = attributes.header,
                         .file = attributes.file,
                         .producer = stored.producer,
                         .rows = {stored.records.ends, stored.records.bytes},
                         .lines = attributes.lines,
                         .reject_reason = attributes.reject_reason,
                         .reject_rule = attributes.reject_rule,
                         .storage = stored.storage});
}

Result<void> LandingFlow::commit_if_due() {
  const std::uint64_t pending = landing_->pending_bytes();
  if (pending == 0) return {};
  const bool old = context_.landing.lake.clock.steady() - pending_since_ >= config_.commit_every;
  return old || pending >= config_.commit_bytes ? commit() : Result<void>{};
}

Result<void> LandingFlow::commit() {
  HAUL_TRY_VOID(landing_->commit());
  committed_ = next_;
  return {};
}

Result<std::uint64_t> LandingFlow::lag() {
  std::uint64_t records = 0;
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    HAUL_TRY(range, context_.log.range(config_.source, PartitionId{p}));
    records += range.end.raw() - committed_[p].raw();
  }
  return records;
}

}  // namespace

std::string flow_app_id(std::string_view flow, std::string_view log_id, PartitionId partition) {
  return fmt::format("{}/{}/{}", flow, log_id, partition.raw());
}

Result<std::unique_ptr<Flow>> Flow::open(const FlowContext& context, const FlowConfig& config,
                                         const contract::Contract& contract) {
  HAUL_TRY(topic, context.log.topic(config.source));
  HAUL_TRY(object, contract::single_object(contract));
  ingest::LandingSpec spec;
  spec.lake_folder = context.lake_folder;
  spec.source = config.source;
  spec.silver = config.flow;
  spec.contract = contract;
  spec.dedupe_by = config.dedupe_by.empty() ? object->primary_key : config.dedupe_by;
  for (std::uint32_t p = 0; p < topic.partitions; ++p) {
    spec.app_ids.push_back(flow_app_id(config.flow, context.log.id(), PartitionId{p}));
  }
  HAUL_TRY(landing, ingest::Landing::open(context.landing, std::move(spec)));
  return std::make_unique<LandingFlow>(context, config, std::move(landing), topic.partitions);
}

}  // namespace haul::stream
