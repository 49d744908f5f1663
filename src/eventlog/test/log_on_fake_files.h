#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "haul/base/metrics.h"
#include "haul/base/rng.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/eventlog/embedded_log.h"
#include "haul/eventlog/testing/event_log_contract_fixture.h"

namespace haul::eventlog::testing {

using haul::testing::FakeFileSystem;
using haul::testing::ManualClock;

inline const Path kLogDirectory = "/log";

/// The embedded log on files that lose what was not synced, with the ways a process or a machine can end.
class LogOnFakeFiles final : public LogUnderTest {
 public:
  explicit LogOnFakeFiles(std::uint64_t segment_bytes = 256ULL << 20, std::size_t sync_helpers = 3)
      : segment_bytes_(segment_bytes), sync_helpers_(sync_helpers) {
    const auto opened = open();
    EXPECT_TRUE(opened) << opened.error().message;
  }

  ~LogOnFakeFiles() override { files_.set_fault({}); }  // a test's fault may refer to what is gone by now
  LogOnFakeFiles(const LogOnFakeFiles&) = delete;
  LogOnFakeFiles& operator=(const LogOnFakeFiles&) = delete;

  EventLog& log() override { return *log_; }
  ManualClock& clock() override { return clock_; }
  void reopen() override {
    close();
    const auto opened = open();
    ASSERT_TRUE(opened) << opened.error().message;
  }

  FakeFileSystem& files() { return files_; }
  MetricsRegistry& metrics() { return metrics_; }
  const std::vector<Cut>& cuts() const { return cuts_; }
  bool is_open() const { return log_ != nullptr; }

  Result<void> open() {
    HAUL_TRY(opened, open_embedded_log({.directory = kLogDirectory,
                                        .owner = "pid 7",
                                        .segment_bytes = segment_bytes_,
                                        .sync_helpers = sync_helpers_},
                                       files_, clock_, rng_, metrics_));
    log_ = std::move(opened.log);
    cuts_ = std::move(opened.cuts);
    return {};
  }
  void close() { log_.reset(); }

  /// The process ends at once: nothing more reaches the files, what reached them stays.
  void kill() {
    files_.set_fault([](FakeFileSystem::Verb, const Path& path) {
      return Error{ErrorCode::kUnavailable, path.string() + ": the process is dead"};
    });
    log_.reset();
    files_.set_fault({});
  }
  /// The machine loses power.
  void cut_power(FakeFileSystem::Loss loss, Rng& rng) {
    kill();
    files_.cut_power(loss, rng);
  }

 private:
  std::uint64_t segment_bytes_;
  std::size_t sync_helpers_;
  FakeFileSystem files_;
  ManualClock clock_;
  SeededRng rng_{1};
  MetricsRegistry metrics_;
  std::vector<Cut> cuts_;
  std::unique_ptr<EventLog> log_;
};

/// Appends one batch of one producer to partition 0 of topic "legs"; its positions count its records from
/// `position`.
inline Result<Appended> append_texts(EventLog& log, std::uint64_t position, const RecordTexts& texts,
                                     PartitionId partition = PartitionId{0},
                                     std::string_view producer = "file") {
  const AppendRequest request{.partition = partition,
                              .producer = producer,
                              .first_position = position,
                              .last_position = position + texts.records().size() - 1,
                              .attributes = "csv",
                              .records = texts.records()};
  HAUL_TRY(appended, log.append("legs", std::span(&request, 1)));
  return appended.front();
}

/// The files of partition 0 of topic "legs" that end in `suffix`, oldest first.
inline std::vector<Path> partition_files(FakeFileSystem& files, std::string_view suffix) {
  const Path directory = kLogDirectory / "topics" / "legs" / "00000";
  std::vector<Path> paths;
  const auto entries = files.list(directory);
  EXPECT_TRUE(entries) << entries.error().message;
  for (const auto& entry : *entries) {
    if (std::string_view(entry.name).ends_with(suffix)) paths.push_back(directory / entry.name);
  }
  return paths;
}

}  // namespace haul::eventlog::testing
