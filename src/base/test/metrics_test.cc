#include "haul/base/metrics.h"

#include <gtest/gtest.h>

namespace haul {
namespace {

TEST(MetricsRegistry, RendersPrometheusTextInOrder) {
  MetricsRegistry registry;
  registry.counter("haul_rows_total", "Rows \"in\"", {{"source", "le\"gs"}}).add(3);
  registry.counter("haul_rows_total", "Rows \"in\"", {{"source", "a"}}).add();
  registry.gauge("haul_lag_seconds", "Lag").set(1.5);

  EXPECT_EQ(registry.render(),
            "# HELP haul_lag_seconds Lag\n# TYPE haul_lag_seconds gauge\nhaul_lag_seconds 1.5\n"
            "# HELP haul_rows_total Rows \"in\"\n# TYPE haul_rows_total counter\n"
            "haul_rows_total{source=\"a\"} 1\nhaul_rows_total{source=\"le\\\"gs\"} 3\n");
}

TEST(MetricsRegistry, GivesTheSameCounterForTheSameLabels) {
  MetricsRegistry registry;

  registry.counter("haul_x_total", "x").add(2);

  EXPECT_EQ(registry.counter("haul_x_total", "x").value(), 2U);
}

TEST(MetricsRegistryDeathTest, EndsTheProcessWhenANameHasTwoKinds) {
  MetricsRegistry registry;
  registry.counter("haul_x_total", "x");

  EXPECT_DEATH(registry.gauge("haul_x_total", "x"), "one kind");
}

}  // namespace
}  // namespace haul
