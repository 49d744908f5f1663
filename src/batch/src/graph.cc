#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "haul/base/hash.h"
#include "haul/batch/project.h"
#include "haul/query/syntax_tree.h"
#include "problems.h"
#include "syntax.h"

namespace haul::batch {
namespace {

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string_view near = nearest(word, candidates);
  return near.empty() ? std::string() : fmt::format("; did you mean {}?", near);
}

query::Scan empty_scan(const std::string& dataset, const columnar::Schema& columns) {
  auto [schema, name] = split_name(dataset);
  query::Scan scan;
  scan.schema = std::move(schema);
  scan.name = std::move(name);
  scan.columns = columns;
  return scan;
}

bool can_place_rows(const arrow::DataType& type) {
  return type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP;
}

/// Puts the nodes in order and checks each, collecting what is wrong.
class GraphBuilder {
 public:
  GraphBuilder(query::SqlEngine& engine, Definitions definitions, const std::vector<SourceDataset>& sources)
      : engine_(engine), definitions_(std::move(definitions)) {
    for (const SourceDataset& source : sources) {
      schemas_[source.name] = source.schema;
      if (!source.event_time.empty()) timed_.insert(source.name);
    }
  }

  Result<std::vector<Node>> build() {
    read_models();
    HAUL_TRY_VOID(problems_.result());
    HAUL_TRY_VOID(sort());
    for (Node& node : nodes_) check_columns(node);
    HAUL_TRY_VOID(problems_.result());
    attach_audits();
    HAUL_TRY_VOID(problems_.result());
    return std::move(nodes_);
  }

 private:
  void read_models() {
    for (const Model& model : definitions_.models) {
      if (schemas_.contains(model.name)) {
        problems_.add(fmt::format("{}: {} is a source's dataset already", model.sql_place.file, model.name));
      }
    }
    for (Model& model : definitions_.models) {
      auto node = read(std::move(model));
      if (!problems_.add_if_failed(node)) nodes_.push_back(*std::move(node));
    }
  }

  Result<Node> read(Model model) {
    const std::string sql = placed_sql(model.sql, model.sql_place);
    auto tree = engine_.parse(sql);
    if (!tree) return fail(with_context(tree.error(), model.sql_place.file));
    auto sources = query::sources_in(*tree, sql);
    if (!sources) return fail(with_context(sources.error(), model.sql_place.file));
    if (const auto parts = undecided_parts(*tree); !parts.empty()) {
      return fail(
          ErrorCode::kInvalidInput,
          fmt::format("{}: {} gives another value each time; a model's rows must follow from its inputs",
                      model.sql_place.file, fmt::join(parts, ", ")));
    }
    Node node;
    std::set<std::string> inputs;
    for (const query::NamedTable& table : sources->tables) {
      HAUL_TRY_VOID(check_input(model, sql, table));
      inputs.insert(table.schema + "." + table.name);
    }
    node.inputs.assign(inputs.begin(), inputs.end());
    node.version = hash64(fmt::format("{}|{}|{}|{}|{}", tree_hash(*tree), static_cast<int>(model.kind),
                                      model.time_column, model.lookback_days, model.lookahead_days));
    node.model = std::move(model);
    return node;
  }

  Result<void> check_input(const Model& model, const std::string& sql, const query::NamedTable& table) const {
    const std::string name = table.schema + "." + table.name;
    const std::string place =
        table.position ? fmt::format("{}: {}", model.sql_place.file, query::place_in(sql, *table.position))
                       : model.sql_place.file;
    if (name == model.name) {
      return fail(ErrorCode::kInvalidInput, fmt::format("{}: {} reads its own output", place, name));
    }
    if (is_dataset(name)) return {};
    std::vector<std::string_view> candidates;
    for (const auto& [known, schema] : schemas_) candidates.emplace_back(known);
    candidates.insert(candidates.end(), names_.begin(), names_.end());
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}: there is no dataset {}{}", place, name, did_you_mean(name, candidates)));
  }

  [[nodiscard]] bool is_dataset(const std::string& name) const {
    return schemas_.contains(name) || names_.contains(name);
  }

  /// Inputs first, else by name.
  Result<void> sort() {
    std::vector<Node> sorted;
    std::set<std::string> done;
    while (!nodes_.empty()) {
      const auto ready = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
        return std::all_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& input) {
          return schemas_.contains(input) || done.contains(input);
        });
      });
      if (ready == nodes_.end())
        return fail(ErrorCode::kInvalidInput, "these models wait for each other: " + cycle());
      done.insert(ready->model.name);
      sorted.push_back(std::move(*ready));
      nodes_.erase(ready);
    }
    nodes_ = std::move(sorted);
    return {};
  }

  /// "gold.a <- gold.b <- gold.a": follows inputs that are not sorted yet until one repeats.
  [[nodiscard]] std::string cycle() const {
    std::vector<std::string> path = {nodes_.front().model.name};
    for (;;) {
      const auto at = std::find_if(nodes_.begin(), nodes_.end(),
                                   [&](const Node& node) { return node.model.name == path.back(); });
      const auto next = std::find_if(at->inputs.begin(), at->inputs.end(), [&](const std::string& input) {
        return std::any_of(nodes_.begin(), nodes_.end(),
                           [&](const Node& node) { return node.model.name == input; });
      });
      const auto seen = std::find(path.begin(), path.end(), *next);
      if (seen == path.end()) {
        path.push_back(*next);
        continue;
      }
      path.erase(path.begin(), seen);
      path.push_back(*next);
      return fmt::format("{}", fmt::join(path, " <- "));
    }
  }

  Result<columnar::Schema> describe(const std::string& sql, const SourcePlace& place) {
    query::QueryRequest request;
    request.sql = placed_sql(sql, place);
    HAUL_TRY(names, datasets_read_by(engine_, request.sql));
    for (const std::string& name : names) {
      const auto schema = schemas_.find(name);
      if (schema == schemas_.end()) return fail(ErrorCode::kInvalidInput, "there is no dataset " + name);
      request.scans.push_back(empty_scan(name, schema->second));
    }
    return engine_.describe(request);
  }

  void check_columns(Node& node) {
    const std::string& file = node.model.sql_place.file;
    if (!std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](const auto& name) { return schemas_.contains(name); })) {
      return;  // an input's own problem has been told
    }
    auto schema = describe(node.model.sql, node.model.sql_place);
    if (!schema) {
      problems_.add(fmt::format("{}: {}", file, schema.error().message));
      return;
    }
    node.schema = *std::move(schema);
    schemas_[node.model.name] = node.schema;
    for (const std::string& column : node.model.grain) {
      if (!node.schema.find(column))
        problems_.add(fmt::format("{}: the grain {} is no column of it", file, column));
    }
    if (node.model.kind != ModelKind::kIncrementalByTimeRange) return;
    if (std::none_of(node.inputs.begin(), node.inputs.end(),
                     [&](const auto& name) { return timed_.contains(name); })) {
      problems_.add(
          fmt::format("{}: no input has an event time, so nothing places its rows in intervals: make it kind "
                      "FULL, or give its source an event_time",
                      file));
    }
    timed_.insert(node.model.name);
    const auto at = node.schema.find(node.model.time_column);
    if (!at) {
      problems_.add(fmt::format("{}: the time column {} is no column of it", file, node.model.time_column));
    } else if (!can_place_rows(*node.schema.columns[*at].type)) {
      problems_.add(fmt::format("{}: the time column {} is of type {}; it must be a date or a timestamp",
                                file, node.model.time_column, node.schema.columns[*at].type->ToString()));
    }
  }

  void attach_audits() {
    std::set<std::string> used;
    for (Node& node : nodes_) {
      for (const std::string& name : node.model.audits) {
        const auto audit = std::find_if(definitions_.audits.begin(), definitions_.audits.end(),
                                        [&](const Audit& other) { return other.name == name; });
        if (audit == definitions_.audits.end()) {
          problems_.add(fmt::format("{}: there is no audits/{}.sql", node.model.sql_place.file, name));
          continue;
        }
        if (used.insert(name).second) {
          const auto columns = describe(audit->sql, audit->sql_place);
          if (!columns) problems_.add(fmt::format("{}: {}", audit->sql_place.file, columns.error().message));
        }
        node.audits.push_back(*audit);
      }
    }
    for (const Audit& audit : definitions_.audits) {
      if (!used.contains(audit.name)) {
        problems_.add(fmt::format("{}: no model names this audit", audit.sql_place.file));
      }
    }
  }

  query::SqlEngine& engine_;
  Definitions definitions_;
  std::set<std::string> names_ = names_of(definitions_);
  std::map<std::string, columnar::Schema> schemas_;  ///< Of sources, and of the models checked so far.
  std::set<std::string> timed_;                      ///< Datasets with an event time.
  std::vector<Node> nodes_;
  Problems problems_;

  static std::set<std::string> names_of(const Definitions& definitions) {
    std::set<std::string> out;
    for (const Model& model : definitions.models) out.insert(model.name);
    return out;
  }
};

}  // namespace

std::pair<std::string, std::string> split_name(std::string_view dataset) {
  const std::size_t dot = dataset.find('.');
  if (dot == std::string_view::npos) return {std::string(), std::string(dataset)};
  return {std::string(dataset.substr(0, dot)), std::string(dataset.substr(dot + 1))};
}

Graph::Graph(std::vector<Node> nodes, std::vector<SourceDataset> sources)
    : nodes_(std::move(nodes)), sources_(std::move(sources)) {}

Result<Graph> Graph::build(query::SqlEngine& engine, Definitions definitions,
                           std::vector<SourceDataset> sources) {
  HAUL_TRY(nodes, GraphBuilder(engine, std::move(definitions), sources).build());
  return Graph(std::move(nodes), std::move(sources));
}

const Node* Graph::find(std::string_view name) const {
  const auto node =
      std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& n) { return n.model.name == name; });
  return node == nodes_.end() ? nullptr : &*node;
}

std::string Graph::event_time_of(std::string_view dataset) const {
  if (const Node* node = find(dataset)) return node->model.time_column;
  for (const SourceDataset& source : sources_) {
    if (source.name == dataset) return source.event_time;
  }
  return {};
}

columnar::Schema Graph::schema_of(std::string_view dataset) const {
  if (const Node* node = find(dataset)) return node->schema;
  for (const SourceDataset& source : sources_) {
    if (source.name == dataset) return source.schema;
  }
  return {};
}

Result<std::vector<const Node*>> Graph::with_upstream(const std::vector<std::string>& names) const {
  std::set<std::string> wanted(names.begin(), names.end());
  std::vector<std::string_view> known;
  for (const Node& node : nodes_) known.emplace_back(node.model.name);
  for (const std::string& name : names) {
    if (find(name) != nullptr) continue;
    return fail(ErrorCode::kNotFound, fmt::format("there is no model {}{}", name, did_you_mean(name, known)));
  }
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    if (wanted.contains(node->model.name)) wanted.insert(node->inputs.begin(), node->inputs.end());
  }
  std::vector<const Node*> out;
  for (const Node& node : nodes_) {
    if (names.empty() || wanted.contains(node.model.name)) out.push_back(&node);
  }
  return out;
}

}  // namespace haul::batch
