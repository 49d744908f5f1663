#include "haul/stream/flow_config.h"

#include <fmt/format.h>

#include <array>

#include "haul/base/units.h"
#include "haul/base/yaml.h"

namespace haul::stream {
namespace {

/// One name or a list of names.
Result<std::vector<std::string>> names_of(const YamlNode& node) {
  std::vector<std::string> names;
  if (node.kind() == YamlNode::Kind::kScalar) {
    HAUL_TRY(name, node.as_string());
    names.push_back(name);
    return names;
  }
  for (const YamlNode& item : node.items()) {
    HAUL_TRY(name, item.as_string());
    names.push_back(name);
  }
  if (names.empty()) return fail(node.error("needs a column name, or a list of them"));
  return names;
}

Result<void> read_dedupe(const YamlNode& node, FlowConfig& config) {
  if (const auto window = node.find("within")) {
    return fail(
        window->error("a deduplication window is not run by this version: leave `within` out, then every key "
                      "that silver holds counts"));
  }
  HAUL_TRY_VOID(node.allow_only({"by"}));
  HAUL_TRY(by, node.at("by"));
  HAUL_TRY(names, names_of(by));
  config.dedupe_by = names;
  return {};
}

Result<void> read_commit(const YamlNode& node, FlowConfig& config) {
  HAUL_TRY_VOID(node.allow_only({"every", "bytes"}));
  if (const auto every = node.find("every")) {
    HAUL_TRY(text, every->as_string());
    auto duration = parse_duration(text);
    if (!duration || *duration <= Micros::zero())
      return fail(every->error("needs a duration such as 1s or 500ms"));
    config.commit_every = *duration;
  }
  if (const auto bytes = node.find("bytes")) {
    HAUL_TRY(text, bytes->as_string());
    auto size = parse_bytes(text);
    if (!size || *size == 0) return fail(bytes->error("needs a size such as 64MB"));
    config.commit_bytes = *size;
  }
  return {};
}

}  // namespace

Result<FlowConfig> parse_flow(std::string_view yaml, std::string file) {
  HAUL_TRY(root, YamlNode::parse(yaml, file));
  for (const std::string_view clause : {"lateness", "enrich", "track"}) {
    if (const auto found = root.find(clause)) {
      return fail(found->error(fmt::format("`{}` is not run by this version: take it out", clause)));
    }
  }
  HAUL_TRY_VOID(root.allow_only({"flow", "source", "key", "event_time", "dedupe", "commit"}));
  FlowConfig config;
  config.file = std::move(file);
  const std::array<std::pair<std::string_view, std::string*>, 3> texts{
      {{"flow", &config.flow}, {"source", &config.source}, {"event_time", &config.event_time}}};
  for (const auto& [name, target] : texts) {
    HAUL_TRY(node, root.at(name));
    HAUL_TRY(text, node.as_string());
    *target = text;
  }
  HAUL_TRY(key, root.at("key"));
  HAUL_TRY(names, names_of(key));
  config.key = names;
  if (const auto dedupe = root.find("dedupe")) HAUL_TRY_VOID(read_dedupe(*dedupe, config));
  if (const auto commit = root.find("commit")) HAUL_TRY_VOID(read_commit(*commit, config));
  return config;
}

}  // namespace haul::stream
