#include "run_models.h"

#include "ingest_files.h"
#include "interrupt.h"
#include "quality.h"

namespace haul::app {

Result<batch::RunReport> run_models(Platform& platform, const Project& project, const batch::Graph& graph,
                                    const batch::RunRequest& request) {
  if (platform.files().info(project.log)) {
    for (const auto& [name, source] : project.sources) {
      if (source.delivery == ingest::Delivery::kTopic && project.flow_of(name) != nullptr) {
        HAUL_TRY_VOID(catch_up(platform, project, source));
      }
    }
  }
  const batch::RunContext context{platform.lake(), platform.engine(), project.lake, {}, interrupted};
  HAUL_TRY(runs, batch::run(context, graph, request));
  QualityKeeper keeper(platform, project);
  HAUL_TRY_VOID(keeper.check_all());
  HAUL_TRY_VOID(keeper.tell());
  return runs;
}

}  // namespace haul::app
