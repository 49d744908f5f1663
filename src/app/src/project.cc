#include "project.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "haul/base/yaml.h"

namespace haul::app {
namespace {

/// "file:./lake" -> <root>/lake.
Result<Path> location(const YamlNode& node, const Path& root) {
  HAUL_TRY(text, node.as_string());
  constexpr std::string_view kScheme = "file:";
  if (!text.starts_with(kScheme) || text.size() == kScheme.size()) {
    return fail(node.error("needs a folder such as file:./lake"));
  }
  return (root / text.substr(kScheme.size())).lexically_normal();
}

Result<void> read_storage(const YamlNode& node, Project& project) {
  HAUL_TRY_VOID(node.allow_only({"lake", "state"}));
  if (const auto lake = node.find("lake")) {
    HAUL_TRY(path, location(*lake, project.root));
    project.lake = path;
  }
  if (const auto state = node.find("state")) {
    HAUL_TRY(path, location(*state, project.root));
    project.state = path;
  }
  return {};
}

/// What haul.yaml says for sources that do not.
struct SourceDefaults {
  std::uint32_t partitions = ingest::Source().partitions;
};

Result<void> read_log(const YamlNode& node, Project& project, SourceDefaults& defaults) {
  HAUL_TRY_VOID(node.allow_only({"kind", "path", "partitions"}));
  if (const auto kind = node.find("kind")) {
    HAUL_TRY(text, kind->as_string());
    if (text != "embedded")
      return fail(kind->error(fmt::format("`kind` cannot be \"{}\"; write embedded", text)));
  }
  if (const auto path = node.find("path")) {
    HAUL_TRY(text, path->as_string());
    project.log = (project.root / text).lexically_normal();
  }
  if (const auto partitions = node.find("partitions")) {
    HAUL_TRY(count, partitions->as_integer());
    if (count < 1 || count > 1024)
      return fail(partitions->error("`partitions` needs a number from 1 to 1024"));
    defaults.partitions = static_cast<std::uint32_t>(count);
  }
  return {};
}

Result<SourceDefaults> read_settings(FileSystem& files, Project& project) {
  const Path path = project.root / "haul.yaml";
  auto text = read_file(files, path);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    return fail(
        ErrorCode::kNotFound,
        fmt::format("{}: no such file; go to a project's folder, name it with -C DIR, or make one with "
                    "`haul init DIR`",
                    path.string()));
  }
  if (!text) return fail(std::move(text).error());
  HAUL_TRY(root, YamlNode::parse(*text, path.string()));
  HAUL_TRY_VOID(root.allow_only({"project", "storage", "log", "server", "notifiers"}));
  SourceDefaults defaults;
  HAUL_TRY(name, root.at("project"));
  HAUL_TRY(name_text, name.as_string());
  project.name = name_text;
  if (const auto storage = root.find("storage")) HAUL_TRY_VOID(read_storage(*storage, project));
  if (const auto log = root.find("log")) HAUL_TRY_VOID(read_log(*log, project, defaults));
  if (const auto notifiers = root.find("notifiers")) {
    HAUL_TRY(specs, alert::parse_notifiers(*notifiers));
    project.notifiers = std::move(specs);
  }
  if (const auto server = root.find("server")) {
    HAUL_TRY(config, server::read_server_config(*server));
    project.server = config;
  }
  return defaults;
}

/// Whether a source's file states its number of partitions.
bool states_partitions(std::string_view yaml) {
  const auto root = YamlNode::parse(yaml, "");
  return root && root->find("partitions").has_value();
}

Project default_places(const Path& root) {
  Project project;
  project.root = root;
  project.lake = root / "lake";
  project.state = root / "state";
  project.log = root / "log";
  return project;
}

/// Calls `read(text, file)` for each file of a folder with the given ending; a missing folder is an empty
/// one.
template <class Read>
void for_each_file(FileSystem& files, const Path& folder, std::string_view ending, ProjectProblems& problems,
                   Read read) {
  auto entries = files.list(folder);
  if (!entries) {
    if (entries.error().code != ErrorCode::kNotFound) problems.problems.push_back(std::move(entries).error());
    return;
  }
  for (const FileInfo& entry : *entries) {
    if (entry.is_directory || !entry.name.ends_with(ending)) continue;
    const Path path = folder / entry.name;
    auto text = read_file(files, path);
    Result<void> done = text ? read(*text, path.string()) : Result<void>(fail(text.error()));
    if (!done) problems.problems.push_back(std::move(done).error());
  }
}

/// Adds one definition by its name; a second one of the same name is a problem.
template <class Value>
Result<void> add(std::map<std::string, Value>& all, const std::string& name, Value value,
                 std::string_view kind) {
  const std::string file = value.file;
  const auto [there, is_new] = all.emplace(name, std::move(value));
  if (is_new) return {};
  return fail(ErrorCode::kInvalidInput,
              fmt::format("{}:1:1: the {} {} is defined in {} already: rename one of them", file, kind, name,
                          there->second.file));
}

template <class Value>
std::string did_you_mean(const std::map<std::string, Value>& all, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& [known, value] : all) names.push_back(known);
  const std::string_view near = nearest(name, names);
  return near.empty() ? fmt::format("there are: {}", fmt::join(names, ", "))
                      : fmt::format("did you mean {}?", near);
}

Error at_file(const std::string& file, const std::string& message) {
  return {ErrorCode::kInvalidInput, fmt::format("{}:1:1: {}", file, message)};
}

/// Columns that a source or a flow names must be columns of the contract.
void check_columns(const std::string& file, std::string_view clause, const std::vector<std::string>& columns,
                   const contract::Contract& contract, ProjectProblems& problems) {
  if (contract.objects.size() != 1) return;  // a finding of its own
  const columnar::Schema& schema = contract.objects.front().schema;
  std::vector<std::string_view> known;
  for (const columnar::Column& column : schema.columns) known.push_back(column.name);
  for (const std::string& column : columns) {
    if (column.empty() || schema.find(column)) continue;
    const std::string_view near = nearest(column, known);
    problems.problems.push_back(at_file(
        file, fmt::format("`{}` names the column {}, which the contract {} does not have{}", clause, column,
                          contract.name, near.empty() ? "" : fmt::format("; did you mean {}?", near))));
  }
}

/// Formats with fields of their own feed no other columns; CSV and JSON name theirs in the data.
void check_fields(const ingest::Source& source, const contract::Contract& contract,
                  ProjectProblems& problems) {
  const bool has_fields = source.format.format == ingest::Format::kEpcis || !source.format.message.empty();
  if (!has_fields || contract.objects.size() != 1) return;
  auto decoder = ingest::Decoder::make(source.format, contract.objects.front().schema, {});
  if (decoder) return;
  problems.problems.push_back(
      at_file(source.file, fmt::format("contract {}: {}", contract.name, decoder.error().message)));
}

void check_source(const Project& project, const ingest::Source& source, ProjectProblems& problems) {
  const auto contract = project.contracts.find(source.contract);
  if (contract == project.contracts.end()) {
    problems.problems.push_back(
        at_file(source.file, fmt::format("no contract is called {}; {}", source.contract,
                                         did_you_mean(project.contracts, source.contract))));
    return;
  }
  if (auto object = contract::single_object(contract->second); !object) {
    problems.problems.push_back(with_context(std::move(object).error(), source.file));
  }
  check_columns(source.file, "key", source.key, contract->second, problems);
  check_columns(source.file, "event_time", {source.event_time}, contract->second, problems);
  check_fields(source, contract->second, problems);
}

void check_flow(const Project& project, const stream::FlowConfig& flow, ProjectProblems& problems) {
  const auto source = project.sources.find(flow.source);
  if (source == project.sources.end()) {
    problems.problems.push_back(at_file(flow.file, fmt::format("no source is called {}; {}", flow.source,
                                                               did_you_mean(project.sources, flow.source))));
    return;
  }
  if (source->second.delivery != ingest::Delivery::kTopic) {
    problems.problems.push_back(at_file(
        flow.file, fmt::format("a flow reads a topic, and the source {} delivers to a table", flow.source)));
  }
  if (const auto contract = project.contracts.find(source->second.contract);
      contract != project.contracts.end()) {
    check_columns(flow.file, "key", flow.key, contract->second, problems);
    check_columns(flow.file, "dedupe", flow.dedupe_by, contract->second, problems);
    check_columns(flow.file, "event_time", {flow.event_time}, contract->second, problems);
  }
}

}  // namespace

const stream::FlowConfig* Project::flow_of(std::string_view source) const {
  const auto flow = std::find_if(flows.begin(), flows.end(),
                                 [source](const auto& entry) { return entry.second.source == source; });
  return flow == flows.end() ? nullptr : &flow->second;
}

Result<const ingest::Source*> Project::source(std::string_view wanted) const {
  const auto found = sources.find(std::string(wanted));
  if (found != sources.end()) return &found->second;
  return fail(ErrorCode::kNotFound,
              fmt::format("no source is called {}; {}", wanted, did_you_mean(sources, wanted)));
}

Result<Project> load_project_places(FileSystem& files, const Path& root) {
  Project project = default_places(root);
  auto settings = read_settings(files, project);
  if (!settings && settings.error().code != ErrorCode::kNotFound) return fail(std::move(settings).error());
  return project;
}

Result<Project> read_project(FileSystem& files, const Path& root, ProjectProblems& problems) {
  Project project = default_places(root);
  auto settings = read_settings(files, project);
  if (!settings && settings.error().code == ErrorCode::kNotFound) return fail(std::move(settings).error());
  const std::uint32_t partitions = settings ? settings->partitions : SourceDefaults().partitions;
  if (!settings) problems.problems.push_back(std::move(settings).error());
  for_each_file(files, root / "contracts", ".odcs.yaml", problems,
                [&](std::string_view text, std::string file) -> Result<void> {
                  HAUL_TRY(contract, contract::parse_contract(text, std::move(file)));
                  return add(project.contracts, contract.name, contract, "contract");
                });
  for_each_file(files, root / "sources", ".yaml", problems,
                [&](std::string_view text, std::string file) -> Result<void> {
                  const bool has_partitions = states_partitions(text);
                  HAUL_TRY(source, ingest::parse_source(text, std::move(file)));
                  if (!has_partitions) source.partitions = partitions;
                  return add(project.sources, source.name, source, "source");
                });
  for_each_file(files, root / "flows", ".yaml", problems,
                [&](std::string_view text, std::string file) -> Result<void> {
                  HAUL_TRY(flow, stream::parse_flow(text, std::move(file)));
                  return add(project.flows, flow.flow, flow, "flow");
                });
  for (const auto& [name, source] : project.sources) check_source(project, source, problems);
  for (const auto& [name, flow] : project.flows) check_flow(project, flow, problems);
  return project;
}

Result<Project> load_project(FileSystem& files, const Path& root) {
  ProjectProblems problems;
  HAUL_TRY(project, read_project(files, root, problems));
  if (!problems.problems.empty()) {
    Error first = problems.problems.front();
    if (problems.problems.size() > 1) {
      first.message += fmt::format("\n(and {} more: `haul check` shows all)", problems.problems.size() - 1);
    }
    return fail(std::move(first));
  }
  return project;
}

}  // namespace haul::app
