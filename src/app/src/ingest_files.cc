#include "ingest_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "haul/ingest/table_loader.h"
#include "haul/ingest/topic_loader.h"
#include "haul/stream/flow.h"
#include "interrupt.h"
#include "progress.h"

namespace haul::app {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

/// Standard input as a file of the state folder, removed when it was loaded or given up.
class SpooledInput {
 public:
  static Result<SpooledInput> read(FileSystem& files, const Path& state, std::string name) {
    HAUL_TRY_VOID(files.create_directories(state / "spool"));
    SpooledInput spooled(files, state / "spool" / std::move(name));
    HAUL_TRY(file, files.open_for_write(spooled.path_, OpenMode::kTruncate));
    std::vector<std::byte> piece(1U << 20U);
    while (true) {
      const std::size_t got = std::fread(piece.data(), 1, piece.size(), stdin);
      if (got == 0) break;
      HAUL_TRY_VOID(file->append(std::span(piece).first(got)));
    }
    if (std::ferror(stdin) != 0) return fail(ErrorCode::kUnavailable, "standard input cannot be read");
    return spooled;
  }
  ~SpooledInput() {
    if (files_ != nullptr) static_cast<void>(files_->remove(path_).has_value());
  }
  SpooledInput(SpooledInput&& other) noexcept
      : files_(std::exchange(other.files_, nullptr)), path_(other.path_) {}
  SpooledInput& operator=(SpooledInput&&) = delete;
  SpooledInput(const SpooledInput&) = delete;
  SpooledInput& operator=(const SpooledInput&) = delete;

  [[nodiscard]] const Path& path() const { return path_; }

 private:
  SpooledInput(FileSystem& files, Path path) : files_(&files), path_(std::move(path)) {}

  FileSystem* files_;
  Path path_;
};

/// Runs a flow on a thread of its own while files are loaded, then to the end of the log.
class FlowRunner {
 public:
  explicit FlowRunner(stream::Flow& flow) : flow_(flow), thread_([this] { outcome_ = run(); }) {}
  ~FlowRunner() {
    if (thread_.joinable()) static_cast<void>(finish().has_value());
  }
  FlowRunner(const FlowRunner&) = delete;
  FlowRunner& operator=(const FlowRunner&) = delete;

  /// True once the flow has failed: loading more is of no use.
  [[nodiscard]] bool failed() const { return failed_; }

  /// No more rows will come: waits until all there are have landed.
  Result<void> finish() {
    no_more_ = true;
    thread_.join();
    return std::move(outcome_);
  }

 private:
  Result<void> run() {
    auto done = drain();
    failed_ = !done;
    return done;
  }
  Result<void> drain() {
    while (true) {
      const bool is_last_look = no_more_;  // read before step(): what came until now is seen by it
      HAUL_TRY(progressed, flow_.step());
      if (progressed) continue;
      if (is_last_look) return flow_.commit();
      std::this_thread::sleep_for(1ms);
    }
  }

  stream::Flow& flow_;
  std::atomic<bool> no_more_{false};
  std::atomic<bool> failed_{false};
  Result<void> outcome_;
  std::thread thread_;
};

struct Input {
  Path path;
  std::string shown_name;
};

Result<void> load_topic_files(Platform& platform, const ingest::Source& source,
                              const std::vector<Input>& inputs, eventlog::EventLog& log,
                              const FlowRunner& runner, IngestOutcome& outcome) {
  for (const Input& input : inputs) {
    HAUL_TRY(info, platform.files().info(input.path));
    Progress progress(platform.clock(), input.shown_name, info.bytes);
    HAUL_TRY(report, ingest::load_into_topic({.source = source.name,
                                              .format = source.format,
                                              .key = source.key,
                                              .path = input.path,
                                              .shown_name = input.shown_name,
                                              .progress =
                                                  [&](std::uint64_t bytes) {
                                                    progress.show(bytes);
                                                    return !interrupted() && !runner.failed();
                                                  }},
                                             platform.files(), log));
    outcome.files.push_back({input.shown_name, report.sha256, report.bytes, report.rows, report.rows_repeated,
                             report.already_loaded});
  }
  return {};
}

Result<std::unique_ptr<stream::Flow>> open_flow(Platform& platform, const Project& project,
                                                const ingest::Source& source, eventlog::EventLog& log) {
  const stream::FlowConfig* config = project.flow_of(source.name);
  if (config == nullptr) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("no flow reads the topic of the source {}: add flows/{}.yaml with `source: {}`",
                            source.name, source.name, source.name));
  }
  HAUL_TRY_VOID(
      log.create_topic({source.name, source.partitions, {source.retention_age, source.retention_bytes}}));
  return stream::Flow::open({log, platform.landing(), project.lake}, *config,
                            project.contracts.at(source.contract));
}

void note_cuts(const std::vector<eventlog::Cut>& cuts, std::vector<std::string>& notes) {
  for (const eventlog::Cut& cut : cuts) {
    notes.push_back(
        fmt::format("recovery cut {} bytes that were never acknowledged from the end of {} (topic {}, "
                    "partition {}, now ends at offset {})",
                    cut.bytes, cut.file, cut.topic, cut.partition.raw(), cut.end.raw()));
  }
}

Result<void> ingest_topic(Platform& platform, const Project& project, const ingest::Source& source,
                          const std::vector<Input>& inputs, IngestOutcome& outcome) {
  const auto started = platform.clock().steady();
  HAUL_TRY(opened, platform.open_log(project));
  note_cuts(opened.cuts, outcome.notes);
  HAUL_TRY(flow, open_flow(platform, project, source, *opened.log));
  FlowRunner runner(*flow);
  const Result<void> loaded = load_topic_files(platform, source, inputs, *opened.log, runner, outcome);
  outcome.accept_time = platform.clock().steady() - started;
  HAUL_TRY_VOID(runner.finish());  // the cause, where a failed flow ended the load
  outcome.landed = flow->counts();
  return loaded;
}

Result<void> ingest_table(Platform& platform, const Project& project, const ingest::Source& source,
                          const std::vector<Input>& inputs, IngestOutcome& outcome) {
  for (const Input& input : inputs) {
    HAUL_TRY(info, platform.files().info(input.path));
    Progress progress(platform.clock(), input.shown_name, info.bytes);
    HAUL_TRY(report, ingest::load_into_table({.lake_folder = project.lake,
                                              .source = source.name,
                                              .contract = project.contracts.at(source.contract),
                                              .format = source.format,
                                              .path = input.path,
                                              .shown_name = input.shown_name,
                                              .progress =
                                                  [&](std::uint64_t bytes) {
                                                    progress.show(bytes);
                                                    return !interrupted();
                                                  }},
                                             platform.landing()));
    outcome.files.push_back(
        {input.shown_name, report.sha256, report.bytes, report.counts.rows, 0, report.already_loaded});
    outcome.landed += report.counts;
  }
  return {};
}

}  // namespace

Result<IngestOutcome> ingest_files(Platform& platform, const Project& project, const ingest::Source& source,
                                   const std::vector<std::string>& paths) {
  const auto started = platform.clock().steady();
  IngestOutcome outcome;
  outcome.source = source.name;
  std::vector<Input> inputs;
  std::vector<SpooledInput> spooled;
  for (const std::string& path : paths) {
    if (path == "-") {
      HAUL_TRY(input,
               SpooledInput::read(platform.files(), project.state, fmt::format("stdin-{}", ::getpid())));
      inputs.push_back({input.path(), "stdin"});
      spooled.push_back(std::move(input));
    } else {
      inputs.push_back({path, path});
    }
  }
  const bool is_topic = source.delivery == ingest::Delivery::kTopic;
  HAUL_TRY_VOID((is_topic ? ingest_topic : ingest_table)(platform, project, source, inputs, outcome));
  outcome.total_time = platform.clock().steady() - started;
  return outcome;
}

Result<ingest::LandingCounts> catch_up(Platform& platform, const Project& project,
                                       const ingest::Source& source) {
  IngestOutcome outcome;
  HAUL_TRY_VOID(ingest_topic(platform, project, source, {}, outcome));
  return outcome.landed;
}

}  // namespace haul::app
