#include "drop_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include "flow_runner.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/table_loader.h"
#include "haul/ingest/topic_loader.h"
#include "interrupt.h"

namespace haul::app {
namespace {

Result<std::uint64_t> count_rows(FileSystem& files, const ingest::FormatOptions& format, const Path& path) {
  HAUL_TRY(file, files.open_for_read(path));
  HAUL_TRY(splitter, ingest::RowSplitter::open(*file, format, {}));
  std::uint64_t count = 0;
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    count += rows.lines.size() + rows.too_long.size();
    last = rows.last;
  }
  return count;
}

}  // namespace

DropLoad load_into_tables(Platform& platform, const Project& project, const ingest::Source& source,
                          std::function<bool()> stopping) {
  return [&platform, &project, &source,
          stopping = std::move(stopping)](const ingest::DroppedFile& file) -> Result<ingest::LoadedRows> {
    HAUL_TRY(report, ingest::load_into_table({.lake_folder = project.lake,
                                              .source = source.name,
                                              .contract = project.contracts.at(source.contract),
                                              .format = source.format,
                                              .path = file.path,
                                              .shown_name = file.shown_name,
                                              .progress = [&stopping](std::uint64_t) { return !stopping(); },
                                              .supersedes = file.supersedes},
                                             platform.landing()));
    // A crash between the load and its record in the ledger leaves the numbers of the load unknown.
    if (report.already_loaded || report.resumed) return ingest::LoadedRows{};
    return ingest::LoadedRows{report.counts.rows, report.counts.valid, report.counts.quarantined,
                              report.counts.duplicates};
  };
}

DropLoad load_into_log(Platform& platform, const ingest::Source& source, eventlog::EventLog& log,
                       std::function<bool()> stopping) {
  return [&platform, &source, &log,
          stopping = std::move(stopping)](const ingest::DroppedFile& file) -> Result<ingest::LoadedRows> {
    HAUL_TRY(report, ingest::load_into_topic({.source = source.name,
                                              .format = source.format,
                                              .key = source.key,
                                              .path = file.path,
                                              .shown_name = file.shown_name,
                                              .progress = [&stopping](std::uint64_t) { return !stopping(); }},
                                             platform.files(), log));
    if (report.already_loaded || report.rows_repeated > 0) return ingest::LoadedRows{};
    return ingest::LoadedRows{.rows = report.rows, .valid = {}, .quarantined = {}, .duplicates = {}};
  };
}

DropAnswer answer_interchanges(ingest::InterchangeLog& interchanges, const ingest::Source& source,
                               std::function<void(const std::vector<ingest::InterchangeOutcome>&)> take) {
  return [&interchanges, &source, take = std::move(take)](const ingest::DroppedFile& file) -> Result<void> {
    HAUL_TRY(outcomes, interchanges.account({source, source.format, file.path, file.shown_name}));
    take(outcomes);
    return {};
  };
}

Result<ingest::IntakeReport> take_in_drop(Platform& platform, const Project& project,
                                          const ingest::Source& source, ingest::FileLedger& ledger,
                                          const DropSteps& steps) {
  HAUL_TRY_VOID(platform.files().create_directories(project.state));
  HAUL_TRY(lock, platform.files().lock(project.state / fmt::format("drop-{}.lock", source.name),
                                       fmt::format("process {}", ::getpid())));
  static_cast<void>(lock);  // held until the end
  return ingest::take_in(
      source.name, project.root / source.drop->folder, *source.drop,
      {.files = platform.files(),
       .clock = platform.clock(),
       .ledger = ledger,
       .count_rows = [&platform, &source](
                         const Path& path) { return count_rows(platform.files(), source.format, path); },
       .load = steps.load,
       .answer = steps.answer});
}

Result<DropOutcome> ingest_drop(Platform& platform, const Project& project, const ingest::Source& source,
                                ingest::FileLedger& ledger) {
  if (source.delivery == ingest::Delivery::kTable) {
    HAUL_TRY(intake, take_in_drop(platform, project, source, ledger,
                                  {load_into_tables(platform, project, source, interrupted)}));
    return DropOutcome{std::move(intake)};
  }
  HAUL_TRY(opened, platform.open_log(project));
  HAUL_TRY(flow, open_flow(platform, project, source, *opened.log));
  FlowRunner runner(*flow);
  ingest::InterchangeLog interchanges(platform.files(), platform.clock(), *opened.log, project.root);
  std::vector<ingest::InterchangeOutcome> answered;
  auto intake = take_in_drop(
      platform, project, source, ledger,
      {load_into_log(platform, source, *opened.log, [&runner] { return interrupted() || runner.failed(); }),
       answer_interchanges(interchanges, source, [&answered](const auto& outcomes) {
         answered.insert(answered.end(), outcomes.begin(), outcomes.end());
       })});
  HAUL_TRY_VOID(runner.finish());  // the cause, where a failed flow ended the load
  if (!intake) return fail(std::move(intake).error());
  return DropOutcome{*std::move(intake), std::move(answered)};
}

}  // namespace haul::app
