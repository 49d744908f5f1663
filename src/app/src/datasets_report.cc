#include "datasets_report.h"

#include "haul/query/catalog.h"

namespace haul::app {

Result<Report> datasets_report(Platform& platform, const Project& project) {
  query::Catalog catalog(platform.files(), platform.tables(), project.lake, {});
  HAUL_TRY(names, catalog.datasets());
  Report report({"dataset", "version", "rows", "files", "bytes", "committed_at"});
  for (const query::DatasetName& name : names) {
    HAUL_TRY(snapshot, catalog.snapshot(name, {}));
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    for (const lake::DataFile& file : snapshot.files) {
      rows += file.live_rows();
      bytes += file.bytes;
    }
    report.add({name, snapshot.version, rows, static_cast<std::int64_t>(snapshot.files.size()), bytes,
                format_utc(snapshot.committed_at)});
  }
  return report;
}

}  // namespace haul::app
