#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX

#include <cstdlib>
#include <memory>

#include "haul/adapters/posix/posix.h"
#include "haul/base/metrics.h"
#include "haul/base/rng.h"
#include "haul/eventlog/embedded_log.h"
#include "haul/eventlog/testing/event_log_contract.h"

namespace haul::eventlog::testing {
namespace {

/// The embedded log on the machine's own files.
class LogOnDisk final : public LogUnderTest {
 public:
  explicit LogOnDisk(std::uint64_t segment_bytes) : segment_bytes_(segment_bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "haul-log-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    reopen();
  }
  ~LogOnDisk() override {
    log_.reset();
    std::filesystem::remove_all(directory_);
  }
  LogOnDisk(const LogOnDisk&) = delete;
  LogOnDisk& operator=(const LogOnDisk&) = delete;

  EventLog& log() override { return *log_; }
  haul::testing::ManualClock& clock() override { return clock_; }
  [[nodiscard]] Path directory() const { return directory_ / "log"; }
  void reopen() override {
    log_.reset();
    auto opened =
        open_embedded_log({.directory = directory(), .owner = "pid 7", .segment_bytes = segment_bytes_},
                          *files_, clock_, rng_, metrics_);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(opened->cuts.empty());
    log_ = std::move(opened->log);
  }

 private:
  std::uint64_t segment_bytes_;
  Path directory_;
  std::unique_ptr<FileSystem> files_ = adapters::make_posix_file_system();
  haul::testing::ManualClock clock_;
  SeededRng rng_{1};
  MetricsRegistry metrics_;
  std::unique_ptr<EventLog> log_;
};

INSTANTIATE_TEST_SUITE_P(OnDisk, EventLogContract,
                         ::testing::Values([] { return std::make_unique<LogOnDisk>(256U << 20); }));
INSTANTIATE_TEST_SUITE_P(OnDiskInTinySegments, EventLogContract,
                         ::testing::Values([] { return std::make_unique<LogOnDisk>(300); }));

TEST(EmbeddedLogOnDisk, NamesTheOwnerToASecondOpener) {
  LogOnDisk first(1000);
  const auto files = adapters::make_posix_file_system();
  SeededRng rng{1};
  MetricsRegistry metrics;

  const auto second = open_embedded_log({.directory = first.directory(), .owner = "pid 8"}, *files,
                                        first.clock(), rng, metrics);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_NE(second.error().message.find("pid 7"), std::string::npos) << second.error().message;
}

}  // namespace
}  // namespace haul::eventlog::testing
