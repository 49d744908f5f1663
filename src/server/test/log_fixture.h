#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "haul/base/metrics.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/eventlog/embedded_log.h"

namespace haul::server::testing {

/// An event log on files in memory that can lose their power.
class LogFixture {
 public:
  LogFixture() { open(); }

  void open() {
    auto opened =
        eventlog::open_embedded_log({.directory = "/log", .owner = "test"}, files, clock, rng, metrics);
    ASSERT_TRUE(opened) << opened.error().message;
    log = std::move(opened->log);
  }
  void close() { log.reset(); }
  void reopen() {
    close();
    open();
  }

  /// Every file below a folder, one after the other.
  std::string bytes_below(const Path& folder) {
    std::string all;
    const auto entries = files.list(folder);
    if (!entries) return all;
    for (const FileInfo& entry : *entries) {
      all += entry.is_directory ? bytes_below(folder / entry.name)
                                : files.content(folder / entry.name).value_or("");
    }
    return all;
  }

  haul::testing::FakeFileSystem files;
  haul::testing::ManualClock clock;
  SeededRng rng{7};
  MetricsRegistry metrics;
  std::unique_ptr<eventlog::EventLog> log;
};

}  // namespace haul::server::testing
