#include "models.h"

#include <algorithm>

#include "haul/ingest/landing.h"

namespace haul::app {
namespace {

/// What flows and table sources write into the silver layer.
std::vector<batch::SourceDataset> source_datasets(const Project& project) {
  std::vector<batch::SourceDataset> datasets;
  for (const auto& [name, source] : project.sources) {
    const contract::Object& object = project.contracts.at(source.contract).objects.front();
    if (source.delivery == ingest::Delivery::kTable) {
      datasets.push_back(
          {"silver." + name, ingest::silver_schema(object), source.event_time, object.set_rules});
    } else if (const stream::FlowConfig* flow = project.flow_of(name); flow != nullptr) {
      datasets.push_back(
          {"silver." + flow->flow, ingest::silver_schema(object), flow->event_time, object.set_rules});
    }
  }
  return datasets;
}

}  // namespace

Result<batch::Graph> load_graph(Platform& platform, const Project& project) {
  HAUL_TRY(definitions, batch::load_definitions(platform.files(), project.root));
  return batch::Graph::build(platform.engine(), std::move(definitions), source_datasets(project));
}

}  // namespace haul::app
