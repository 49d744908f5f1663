#include "ingest_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "flow_runner.h"
#include "haul/ingest/interchange_log.h"
#include "haul/ingest/table_loader.h"
#include "haul/ingest/topic_loader.h"
#include "interrupt.h"
#include "progress.h"
#include "quality.h"
#include "retention_worker.h"

namespace haul::app {
namespace {

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

struct Input {
  Path path;
  std::string shown_name;
};

/// Answers the interchanges of a file whose rows are durable.
Result<void> account(Platform& platform, const Project& project, const ingest::Source& source,
                     const Input& input, eventlog::EventLog& log, IngestOutcome& outcome) {
  ingest::InterchangeLog answers(platform.files(), platform.clock(), log, project.root);
  HAUL_TRY(interchanges, answers.account({source, source.format, input.path, input.shown_name}));
  std::move(interchanges.begin(), interchanges.end(), std::back_inserter(outcome.interchanges));
  return {};
}

Result<void> load_topic_files(Platform& platform, const Project& project, const ingest::Source& source,
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
    HAUL_TRY_VOID(account(platform, project, source, input, log, outcome));
  }
  return {};
}

void note_unknown_columns(IngestOutcome& outcome) {
  for (const std::string& column : outcome.landed.unknown_columns) {
    outcome.notes.push_back(
        fmt::format("{} sends the column {}, which its contract does not name: its values are kept in _extra",
                    outcome.source, column));
  }
}

/// What the flow has taken is old enough to go where retention says so, unless another one reads it too.
Result<void> drop_landed_records(const Project& project, const stream::Flow& flow, eventlog::EventLog& log,
                                 const std::string& source) {
  const auto readers = std::count_if(project.flows.begin(), project.flows.end(),
                                     [&](const auto& known) { return known.second.source == source; });
  if (readers > 1) return {};
  return drop_old_records(log, {{source, [&flow] { return flow.committed(); }}});
}

Result<void> ingest_topic(Platform& platform, const Project& project, const ingest::Source& source,
                          const std::vector<Input>& inputs, IngestOutcome& outcome) {
  const auto started = platform.clock().steady();
  HAUL_TRY(opened, platform.open_log(project));
  outcome.notes = cut_notes(opened.cuts);
  HAUL_TRY(flow, open_flow(platform, project, source, *opened.log));
  FlowRunner runner(*flow);
  const Result<void> loaded =
      load_topic_files(platform, project, source, inputs, *opened.log, runner, outcome);
  outcome.accept_time = platform.clock().steady() - started;
  HAUL_TRY_VOID(runner.finish());  // the cause, where a failed flow ended the load
  outcome.landed = flow->counts();
  HAUL_TRY_VOID(loaded);
  return drop_landed_records(project, *flow, *opened.log, source.name);
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
  const Result<void> landed =
      (is_topic ? ingest_topic : ingest_table)(platform, project, source, inputs, outcome);
  outcome.total_time = platform.clock().steady() - started;
  const Result<void> kept = keep_quality(platform, project, source);
  if (!landed) return fail(landed.error());
  if (!kept) return fail(kept.error());
  note_unknown_columns(outcome);
  return outcome;
}

Result<ingest::LandingCounts> catch_up(Platform& platform, const Project& project,
                                       const ingest::Source& source) {
  IngestOutcome outcome;
  const Result<void> landed = ingest_topic(platform, project, source, {}, outcome);
  if (landed) return outcome.landed;
  QualityKeeper keeper(platform, project);
  HAUL_TRY_VOID(keeper.raise_blocked());
  HAUL_TRY_VOID(keeper.tell());
  return fail(landed.error());
}

}  // namespace haul::app
