#include <fmt/format.h>

#include "command.h"
#include "console.h"
#include "haul/base/time.h"
#include "haul/query/catalog.h"
#include "haul/query/lineage.h"
#include "interrupt.h"
#include "platform.h"
#include "project.h"

namespace haul::app {
namespace {

constexpr std::uint64_t kTableRows = 10'000;

/// A result file: written beside its name first, so that a failed query leaves nothing half.
class ResultFile {
 public:
  static Result<std::unique_ptr<ResultFile>> open(FileSystem& files, const std::string& path) {
    auto result = std::make_unique<ResultFile>();
    result->path_ = path;
    HAUL_TRY(file, files.open_for_write(path + ".tmp", OpenMode::kTruncate));
    result->file_ = std::move(file);
    return result;
  }
  [[nodiscard]] ByteSink& sink() { return *file_; }
  Result<void> finish(FileSystem& files) {
    file_.reset();
    return files.rename(path_ + ".tmp", path_);
  }
  void abandon(FileSystem& files) {
    file_.reset();
    static_cast<void>(files.remove(path_ + ".tmp").has_value());
  }

 private:
  std::string path_;
  std::unique_ptr<WritableFile> file_;
};

Result<query::QueryRequest> make_request(Platform& platform, const Project& project,
                                         const CommandContext& context, const SqlArguments& arguments) {
  query::QueryRequest request;
  request.sql = arguments.sql;
  request.interrupted = interrupted;
  HAUL_TRY(as_of, query::AsOf::parse(arguments.as_of));
  HAUL_TRY(names, query::datasets_of(platform.engine(), arguments.sql));
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, project.state / "verified-files");
  HAUL_TRY(scans, catalog.pin(names, as_of));
  request.scans = std::move(scans);
  if (arguments.limit > 0) request.limits.rows_max = arguments.limit;
  if (arguments.limit == 0 && context.format == OutputFormat::kTable) request.limits.rows_max = kTableRows;
  if (!arguments.timeout.empty()) {
    HAUL_TRY(timeout, parse_duration(arguments.timeout));
    request.limits.time_max = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  }
  return request;
}

Result<void> run_into(Platform& platform, const query::QueryRequest& request, OutputFormat format,
                      ByteSink& sink) {
  const auto renderer = renderer_for(format, sink, query::TableStyle::Footer::kRowCount);
  HAUL_TRY(summary, platform.engine().run(request, *renderer));
  return renderer->finish(summary);
}

}  // namespace

Result<Exit> command_sql(const CommandContext& context, const SqlArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project_places(platform.files(), context.project));
  HAUL_TRY(request, make_request(platform, project, context, arguments));
  if (arguments.output.empty()) {
    HAUL_TRY_VOID(run_into(platform, request, context.format, standard_output()));
    return Exit::kDone;
  }
  HAUL_TRY(file, ResultFile::open(platform.files(), arguments.output));
  const Result<void> written = run_into(platform, request, context.format, file->sink());
  if (!written) {
    file->abandon(platform.files());
    return fail(written.error());
  }
  HAUL_TRY_VOID(file->finish(platform.files()));
  return Exit::kDone;
}

}  // namespace haul::app
