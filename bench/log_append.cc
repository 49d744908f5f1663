// How fast the event log makes events durable, beside a bare loop that writes the same bytes in the same
// batches to the same number of files and syncs each. Both take turns within one run, so that a busy device
// slows both. Prints JSON.
//
//   haul_log_append DIRECTORY       on the device to be measured; it is emptied
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "haul/adapters/posix/posix.h"
#include "haul/base/metrics.h"
#include "haul/eventlog/embedded_log.h"

namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kEventBytes = 225;
constexpr std::size_t kTurns = 12;  // the first of each is not counted
constexpr std::size_t kCommitsPerTurn = 60;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "haul_log_append: {}\n", why);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe)
}

/// The events of one batch: a JSON-like line repeated, 225 bytes each.
struct Events {
  explicit Events(std::size_t count) : bytes(count * kEventBytes, '\0') {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(' ' + i * 7 % 91);
    for (std::size_t i = 0; i <= count; ++i) ends.push_back(static_cast<std::int32_t>(i * kEventBytes));
  }
  [[nodiscard]] haul::eventlog::Records records() const { return {ends, haul::as_bytes(bytes)}; }

  std::string bytes;
  std::vector<std::int32_t> ends;
};

struct Case {
  const char* name;
  std::size_t files;
  std::size_t events_per_batch;
};

/// The log under test, and the stored size of one of its batches.
class LogSide {
 public:
  LogSide(const haul::Path& directory, const Case& one)
      : case_(one),
        files_(haul::adapters::make_posix_file_system()),
        clock_(haul::adapters::make_system_clock()),
        rng_(haul::adapters::make_system_rng()),
        events_(one.events_per_batch) {
    auto opened = haul::eventlog::open_embedded_log({.directory = directory, .owner = "bench"}, *files_,
                                                    *clock_, *rng_, metrics_);
    if (!opened) give_up(opened.error().message);
    log_ = std::move(opened->log);
    const auto created = log_->create_topic({"events", static_cast<std::uint32_t>(one.files), {}});
    if (!created) give_up(created.error().message);
    commit();
    const auto segment = directory / "topics" / "events" / "00000" / "00000000000000000000.log";
    batch_bytes_ = static_cast<std::size_t>(std::filesystem::file_size(segment));
  }

  [[nodiscard]] std::size_t batch_bytes() const { return batch_bytes_; }

  void commit() {
    std::vector<haul::eventlog::AppendRequest> requests;
    for (std::size_t i = 0; i < case_.files; ++i) {
      requests.push_back({.partition = haul::PartitionId{i},
                          .producer = "bench",
                          .first_position = position_,
                          .last_position = position_ + case_.events_per_batch - 1,
                          .records = events_.records()});
    }
    position_ += case_.events_per_batch;
    const auto appended = log_->append("events", requests);
    if (!appended) give_up(appended.error().message);
  }

 private:
  Case case_;
  std::unique_ptr<haul::FileSystem> files_;
  std::unique_ptr<haul::Clock> clock_;
  std::unique_ptr<haul::Rng> rng_;
  haul::MetricsRegistry metrics_;
  Events events_;
  std::unique_ptr<haul::eventlog::EventLog> log_;
  std::uint64_t position_ = 0;
  std::size_t batch_bytes_ = 0;
};

/// write(2) and fdatasync(2) of the same bytes, one file after the other.
class BareSide {
 public:
  BareSide(const haul::Path& directory, const Case& one, std::size_t batch_bytes) : batch_(batch_bytes, 'x') {
    std::filesystem::create_directories(directory);
    for (std::size_t i = 0; i < one.files; ++i) {
      const auto path = directory / fmt::format("{}.bin", i);
      const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      if (file < 0) give_up(path.string());
      files_.push_back(file);
    }
  }
  ~BareSide() {
    for (const int file : files_) ::close(file);
  }
  BareSide(const BareSide&) = delete;
  BareSide& operator=(const BareSide&) = delete;

  void commit() {
    for (const int file : files_) {
      if (::write(file, batch_.data(), batch_.size()) != static_cast<ssize_t>(batch_.size()))
        give_up("write");
    }
    for (const int file : files_) {
      if (::fdatasync(file) != 0) give_up("fdatasync");
    }
  }

 private:
  std::string batch_;
  std::vector<int> files_;
};

template <class Side>
double seconds_of_turn(Side& side) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kCommitsPerTurn; ++i) side.commit();
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string measure(const haul::Path& directory, const Case& one) {
  LogSide log(directory / one.name / "log", one);
  BareSide bare(directory / one.name / "bare", one, log.batch_bytes());
  std::vector<double> log_seconds;
  std::vector<double> bare_seconds;
  for (std::size_t turn = 0; turn < kTurns; ++turn) {
    const double ours = seconds_of_turn(log);
    const double theirs = seconds_of_turn(bare);
    if (turn == 0) continue;
    log_seconds.push_back(ours);
    bare_seconds.push_back(theirs);
  }
  const auto events = static_cast<double>(one.files * one.events_per_batch * kCommitsPerTurn);
  return fmt::format(R"({{"name": "{}", "log_events_per_s": {:.0f}, "bare_events_per_s": {:.0f}}})", one.name,
                     events / median(log_seconds), events / median(bare_seconds));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) give_up("needs a directory");
  const haul::Path directory = arguments[1];
  std::filesystem::remove_all(directory);
  constexpr Case kCases[] = {
      {"1 file x 4096 events", 1, 4096}, {"4 files x 1024 events", 4, 1024}, {"4 files x 64 events", 4, 64}};
  std::string rows;
  for (const auto& one : kCases) rows += (rows.empty() ? "" : ",\n ") + measure(directory, one);
  fmt::print("[{}]\n", rows);
  std::filesystem::remove_all(directory);
  return 0;
}
