#include "group_commit.h"

#include <algorithm>
#include <utility>

namespace haul::eventlog {

GroupCommit::GroupCommit(const Clock& clock, LogMetrics& metrics, Options options)
    : clock_(clock), metrics_(metrics), wait_(options.wait), team_(options.sync_helpers) {}

GroupCommit::Arrival::Arrival(GroupCommit& group) : group_(group) {
  const std::lock_guard lock(group_.mutex_);
  ++group_.arrivals_;
}

GroupCommit::Arrival::~Arrival() {
  const std::lock_guard lock(group_.mutex_);
  --group_.arrivals_;
  if (group_.wait_.count() > 0) group_.changed_.notify_all();
}

Result<std::vector<Appended>> GroupCommit::commit(std::span<const RoutedBatch> batches) {
  Call call;
  call.batches = batches;
  std::unique_lock lock(mutex_);
  waiting_.push_back(&call);
  metrics_.waiting_appends.set(static_cast<double>(waiting_.size()));
  if (wait_.count() > 0) changed_.notify_all();
  changed_.wait(lock, [&] { return call.is_done || !is_led_; });
  if (!call.is_done) lead(lock);
  lock.unlock();

  count(call);
  if (call.error) return fail(*std::move(call.error));
  return std::move(call.appended);
}

void GroupCommit::lead(std::unique_lock<std::mutex>& lock) {
  is_led_ = true;
  if (wait_.count() > 0) {
    changed_.wait_for(lock, wait_, [this] { return waiting_.size() >= arrivals_; });
  }
  const auto group = std::exchange(waiting_, {});
  metrics_.waiting_appends.set(0);
  lock.unlock();
  commit_group(group);
  lock.lock();
  for (Call* call : group) call->is_done = true;
  is_led_ = false;
  changed_.notify_all();
}

void GroupCommit::commit_group(std::span<Call* const> group) {
  const auto started = clock_.steady();
  const IngestTime now = clock_.now();
  std::vector<PartitionWriter*> writers;
  for (Call* call : group) stage(*call, now, writers);

  std::vector<std::optional<Error>> errors(writers.size());
  team_.run(writers.size(), [&](std::size_t i) {
    const auto committed = writers[i]->commit();
    if (!committed) errors[i] = committed.error();
  });
  for (Call* call : group) {
    for (const auto& routed : call->batches) {
      const auto writer = std::find(writers.begin(), writers.end(), routed.writer);
      if (writer == writers.end() || call->error) continue;
      call->error = errors[static_cast<std::size_t>(writer - writers.begin())];
    }
  }
  metrics_.commits.add();
  metrics_.syncs.add(writers.size());
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady() - started);
  metrics_.commit_microseconds.add(static_cast<std::uint64_t>(took.count()));
}

void GroupCommit::stage(Call& call, IngestTime now, std::vector<PartitionWriter*>& writers) {
  struct Before {
    PartitionWriter* writer;
    std::size_t staged;
  };
  std::vector<Before> befores;
  for (const auto& routed : call.batches) {
    befores.push_back({routed.writer, routed.writer->staged()});
    const auto appended = routed.writer->stage(routed.batch, now);
    if (!appended) {
      call.error = appended.error();
      break;
    }
    call.appended.push_back(*appended);
  }
  if (call.error) {
    for (auto before = befores.rbegin(); before != befores.rend(); ++before) {
      before->writer->unstage_to(before->staged);
    }
    return;
  }
  for (const auto& before : befores) {
    const bool is_known = std::find(writers.begin(), writers.end(), before.writer) != writers.end();
    if (!is_known && before.writer->staged() > 0) writers.push_back(before.writer);
  }
}

void GroupCommit::count(const Call& call) {
  if (call.error) return metrics_.failed_appends.add();
  for (std::size_t i = 0; i < call.batches.size(); ++i) {
    const BatchHead& head = call.batches[i].batch.head;
    if (call.appended[i].repeated) {
      metrics_.repeated_batches.add();
      continue;
    }
    metrics_.append_bytes.add(head.data_bytes);
    metrics_.append_records.add(head.records);
    metrics_.append_batches.add();
  }
}

}  // namespace haul::eventlog
