// The example project as `haul check --tests` sees it: contracts, models and tests fit each other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haul/adapters/duckdb/duckdb_engine.h"
#include "haul/adapters/posix/posix.h"
#include "haul/batch/model_test.h"
#include "haul/batch/project.h"
#include "haul/contract/contract.h"

namespace haul::adapters::duckdb {
namespace {

using testing::ElementsAre;

const Path kExample = "examples/flights";

class ExampleProject : public testing::Test {
 protected:
  /// The dataset that holds the rows of a contract.
  batch::SourceDataset dataset(const std::string& contract, const std::string& name,
                               const std::string& event_time) {
    const Path path = kExample / "contracts" / (contract + ".odcs.yaml");
    const auto parsed = contract::parse_contract(read_file(*files_, path).value(), path.string());
    if (!parsed) throw std::runtime_error(parsed.error().message);
    return {name, contract::single_object(*parsed).value()->schema, event_time};
  }

  batch::Graph graph() {
    auto definitions = batch::load_definitions(*files_, kExample);
    if (!definitions) throw std::runtime_error(definitions.error().message);
    auto graph = batch::Graph::build(
        *engine_, *std::move(definitions),
        {dataset("legs", "silver.flights", "time_hour"), dataset("weather", "silver.weather", "time_hour"),
         dataset("vehicles", "silver.vehicles", ""), dataset("sites", "silver.sites", "")});
    if (!graph) throw std::runtime_error(graph.error().message);
    return *std::move(graph);
  }

  std::unique_ptr<FileSystem> files_ = make_posix_file_system();
  std::unique_ptr<query::SqlEngine> engine_ = make_duckdb_engine({});
};

TEST_F(ExampleProject, HasModelsThatReadEachOtherInOrder) {
  const auto models = graph();

  std::vector<std::string> order;
  for (const batch::Node& node : models.in_order()) order.push_back(node.model.name);

  EXPECT_THAT(order, ElementsAre("silver.legs", "gold.carrier_on_time", "gold.route_daily",
                                 "gold.site_hourly", "silver.leg_events"));
}

TEST_F(ExampleProject, PassesItsOwnTests) {
  const auto models = graph();
  const auto tests = batch::load_model_tests(*files_, kExample);
  ASSERT_TRUE(tests) << tests.error().message;

  std::size_t cases = 0;
  for (const batch::ModelTest& test : *tests) {
    const auto results = batch::run_model_test(*engine_, models, test);
    ASSERT_TRUE(results) << results.error().message;
    for (const batch::CaseResult& result : *results) {
      EXPECT_TRUE(result.passed) << to_string(result.place) << ": " << result.name << "\n"
                                 << result.difference;
    }
    cases += results->size();
  }

  EXPECT_GE(cases, 18U);
}

}  // namespace
}  // namespace haul::adapters::duckdb
