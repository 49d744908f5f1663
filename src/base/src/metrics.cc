#include "haul/base/metrics.h"

#include <fmt/format.h>

#include <mutex>
#include <variant>

#include "haul/base/check.h"

namespace haul {
namespace {

std::string escape(std::string_view text, bool quote_too) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quote_too)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

std::string render_labels(const Labels& labels) {
  if (labels.empty()) return {};
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    if (out.size() > 1) out += ',';
    out += fmt::format("{}=\"{}\"", name, escape(value, true));
  }
  return out + "}";
}

template <class Metric>
struct Family {
  std::string help;
  std::map<Labels, std::unique_ptr<Metric>> series;

  Metric& at(const Labels& labels) {
    auto& slot = series[labels];
    if (slot == nullptr) slot = std::make_unique<Metric>();
    return *slot;
  }
};

}  // namespace

struct MetricsRegistry::State {
  mutable std::mutex mutex;
  std::map<std::string, std::variant<Family<Counter>, Family<Gauge>>, std::less<>> families;

  template <class Metric>
  Metric& get(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex);
    auto family = families.find(name);
    if (family == families.end()) {
      family = families.emplace(std::string(name), Family<Metric>{std::string(help), {}}).first;
    }
    auto* typed = std::get_if<Family<Metric>>(&family->second);
    HAUL_CHECK(typed != nullptr, "a metric name has one kind");
    return typed->at(labels);
  }
};

MetricsRegistry::MetricsRegistry() : state_(std::make_unique<State>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter& MetricsRegistry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return state_->get<Counter>(name, help, labels);
}
Gauge& MetricsRegistry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return state_->get<Gauge>(name, help, labels);
}

std::string MetricsRegistry::render() const {
  const std::lock_guard lock(state_->mutex);
  std::string out;
  for (const auto& [family_name, family] : state_->families) {
    const std::string& name = family_name;  // a structured binding cannot be captured
    std::visit(
        [&out, &name](const auto& typed) {
          using Series = std::decay_t<decltype(*typed.series.begin()->second)>;
          const bool counts = std::is_same_v<Series, Counter>;
          out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escape(typed.help, false), name,
                             counts ? "counter" : "gauge");
          for (const auto& [labels, metric] : typed.series) {
            out += fmt::format("{}{} {}\n", name, render_labels(labels), metric->value());
          }
        },
        family);
  }
  return out;
}

}  // namespace haul
