#pragma once

#include "haul/base/metrics.h"

namespace haul::eventlog {

/// The counters of one log; handles of a registry that outlives them.
struct LogMetrics {
  explicit LogMetrics(MetricsRegistry& registry)
      : waiting_appends(
            registry.gauge("haul_log_waiting_appends", "Append calls that wait for the next group commit")),
        append_bytes(registry.counter("haul_log_append_bytes_total", "Bytes of record data made durable")),
        append_records(registry.counter("haul_log_append_records_total", "Records made durable")),
        append_batches(registry.counter("haul_log_append_batches_total", "Batches made durable")),
        repeated_batches(
            registry.counter("haul_log_repeated_batches_total", "Batches recognised as repeats")),
        failed_appends(registry.counter("haul_log_failed_appends_total", "Append calls that failed")),
        commits(registry.counter("haul_log_commits_total", "Group commits")),
        commit_microseconds(registry.counter("haul_log_commit_microseconds_total",
                                             "Time in write and sync of group commits")),
        syncs(registry.counter("haul_log_syncs_total", "Files synced by group commits")),
        read_bytes(registry.counter("haul_log_read_bytes_total", "Bytes of record data read")),
        cut_bytes(registry.counter("haul_log_cut_bytes_total", "Bytes that recovery cut")),
        retired_bytes(registry.counter("haul_log_retired_bytes_total", "Bytes that retention dropped")) {}

  Gauge& waiting_appends;
  Counter& append_bytes;
  Counter& append_records;
  Counter& append_batches;
  Counter& repeated_batches;
  Counter& failed_appends;
  Counter& commits;
  Counter& commit_microseconds;
  Counter& syncs;
  Counter& read_bytes;
  Counter& cut_bytes;
  Counter& retired_bytes;
};

}  // namespace haul::eventlog
