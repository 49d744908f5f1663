#include "contract_uses.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::app {
namespace {

void add_once(std::vector<std::string>& all, std::string one) {
  if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(std::move(one));
}

}  // namespace

std::string describe(const contract::Consumer& consumer) {
  return fmt::format("consumer {} (owner {})", consumer.name, consumer.owner);
}

ContractUses::ContractUses(Platform& platform, const Project& project,
                           const std::vector<contract::Consumer>& consumers)
    : project_(project), consumers_(consumers) {
  for (const auto& [name, source] : project.sources) {
    if (project.contracts.contains(source.contract)) continue;
    lineage_problem_ = fmt::format("the source {} has no contract", name);
    return;
  }
  auto graph = load_graph(platform, project);
  auto edges = graph ? edges_of(platform, *graph) : Result<std::set<Edge>>(fail(graph.error()));
  if (edges) {
    edges_ = *std::move(edges);
  } else {
    lineage_problem_ = edges.error().message;
  }
}

std::vector<std::string> ContractUses::datasets_of(const std::string& contract) const {
  std::vector<std::string> datasets;
  for (const auto& [name, source] : project_.sources) {
    if (source.contract != contract) continue;
    if (source.delivery == ingest::Delivery::kTable) {
      datasets.push_back("silver." + name);
    } else if (const stream::FlowConfig* flow = project_.flow_of(name); flow != nullptr) {
      datasets.push_back("silver." + flow->flow);
    }
  }
  return datasets;
}

void ContractUses::add_sources(const std::string& contract, std::vector<std::string>& uses) const {
  for (const auto& [name, source] : project_.sources) {
    if (source.contract != contract) continue;
    add_once(uses, "source " + name);
    if (const stream::FlowConfig* flow = project_.flow_of(name); flow != nullptr)
      add_once(uses, "flow " + flow->flow);
  }
}

std::vector<std::string> ContractUses::uses(const std::string& contract,
                                            const contract::Change& change) const {
  if (change.column.empty()) return users(contract);
  std::vector<std::string> uses;
  add_sources(contract, uses);
  const std::string& column = change.was.empty() ? change.column : change.was;
  for (const std::string& dataset : datasets_of(contract)) {
    for (const Edge& edge : walk(edges_, {dataset, column}, Direction::kDownstream)) {
      add_once(uses, edge.output.column.empty()
                         ? fmt::format("{} (which rows)", edge.output.dataset)
                         : fmt::format("{}.{}", edge.output.dataset, edge.output.column));
    }
  }
  for (const contract::Consumer& consumer : consumers_) {
    if (consumer.contract == contract && consumer.relies_on(change)) add_once(uses, describe(consumer));
  }
  return uses;
}

std::vector<std::string> ContractUses::users(const std::string& contract) const {
  std::vector<std::string> users;
  add_sources(contract, users);
  for (const std::string& dataset : datasets_of(contract)) {
    for (const Edge& edge : walk(edges_, {dataset, ""}, Direction::kDownstream))
      add_once(users, edge.output.dataset);
  }
  for (const contract::Consumer& consumer : consumers_) {
    if (consumer.contract == contract) add_once(users, describe(consumer));
  }
  return users;
}

}  // namespace haul::app
