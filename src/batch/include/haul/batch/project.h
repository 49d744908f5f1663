#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/batch/model.h"
#include "haul/columnar/schema.h"
#include "haul/contract/contract.h"
#include "haul/query/sql_engine.h"

namespace haul::batch {

/// The batch part of a project's files, read but not yet compared with each other. Sorted by name.
struct Definitions {
  std::vector<Model> models;
  std::vector<Audit> audits;
};

/// Reads models/LAYER/NAME.sql and audits/NAME.sql below `project`; folders that are missing are empty.
/// kInvalidInput: every problem of every file, one line each; a file whose name is not the dataset's or
/// audit's.
Result<Definitions> load_definitions(FileSystem& files, const Path& project);

/// A dataset that models can read and no model computes: the output of a flow or of a table source.
struct SourceDataset {
  std::string name;         ///< "silver.flights".
  columnar::Schema schema;  ///< All its columns, metadata included.
  std::string event_time;   ///< The column that places its rows in intervals; empty: reference data.
  std::vector<contract::SetRule> set_rules = {};  ///< Rules about all its rows, from its contract.
};

/// A model with what the graph knows about it.
struct Node {
  Model model;
  std::vector<std::string> inputs;  ///< The datasets it reads, sorted.
  std::vector<Audit> audits;        ///< In the order of the header.
  columnar::Schema schema;          ///< Its output's columns, as the engine types them.
  std::uint64_t version = 0;        ///< Hash of the syntax tree and of the header's parts that decide rows.
};

/// The models of a project, checked and in an order that has inputs first. Immutable, thread-safe.
class Graph {
 public:
  /// Checks everything that can be known without data, with one engine call or two per model and audit.
  /// kInvalidInput: all problems, one line each, with their place: SQL that does not parse or bind, an
  /// unknown dataset (with "did you mean"), a cycle, a model that reads itself, an incremental one without an
  /// input in time, functions whose value is not decided by the input (now(), random(), samples), a time
  /// column or grain that the SELECT does not give, an unknown or unused audit.
  static Result<Graph> build(query::SqlEngine& engine, Definitions definitions,
                             std::vector<SourceDataset> sources);

  [[nodiscard]] const std::vector<Node>& in_order() const { return nodes_; }
  [[nodiscard]] const std::vector<SourceDataset>& sources() const { return sources_; }

  /// Null: no model has this name.
  [[nodiscard]] const Node* find(std::string_view name) const;

  /// The event time of any dataset of the graph: a model's time column, a source's event time. Empty: none.
  [[nodiscard]] std::string event_time_of(std::string_view dataset) const;

  /// Columns of any dataset of the graph; none where there is no such dataset.
  [[nodiscard]] columnar::Schema schema_of(std::string_view dataset) const;

  /// The named models and every model they read, in order; no names: all. kNotFound names an unknown one,
  /// with "did you mean".
  Result<std::vector<const Node*>> with_upstream(const std::vector<std::string>& names) const;

 private:
  Graph(std::vector<Node> nodes, std::vector<SourceDataset> sources);
  std::vector<Node> nodes_;
  std::vector<SourceDataset> sources_;
};

/// "silver.legs" as a folder and a file name: {"silver", "legs"}.
[[nodiscard]] std::pair<std::string, std::string> split_name(std::string_view dataset);

}  // namespace haul::batch
