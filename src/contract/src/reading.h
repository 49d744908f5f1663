#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/columnar/schema.h"
#include "haul/contract/contract.h"
#include "problems.h"
#include "shape.h"

namespace haul::contract {

/// One contract file while it is read. Readers write what they find into `contract` and what is wrong into
/// `problems`; they read on after a problem, so that all of them are reported together.
struct Reading {
  Problems problems;
  Contract contract;
  Edition edition = Edition::kV31;
  Severity default_severity = Severity::kError;
  std::set<std::string, std::less<>> rule_ids;
  /// "legs.tailnum" of every column that was left out for its problems: what names it is not wrong for that.
  std::set<std::string, std::less<>> broken_columns;

  void not_enforced(const YamlNode& node, std::string clause, std::string reason) {
    contract.not_enforced.push_back({std::move(clause), std::move(reason), node.place()});
  }
  /// `wanted`, or `wanted#2`, ... where the contract has a rule of that id already.
  [[nodiscard]] std::string free_rule_id(const std::string& wanted);
};

/// A column of an object, with what its rules need to know.
struct ColumnReading {
  Reading& reading;
  Object& object;
  const YamlNode& node;
  const columnar::Column& column;

  /// "legs.tailnum", for rule ids and messages.
  [[nodiscard]] std::string path() const { return object.name + "." + column.name; }
};

/// The severity that `node` asks for with a key or a custom property, else `otherwise`; an unknown word is a
/// problem.
[[nodiscard]] Severity read_severity(Reading& reading, const std::optional<YamlNode>& node,
                                     Severity otherwise);

/// logicalTypeOptions, physicalType lengths and enum as row rules (column_rules.cc).
void read_column_rules(ColumnReading& at);

/// Refuses custom properties of `node` that look like one of `ours` misspelt;
/// the others belong to other tools.
void refuse_misspelt_properties(Reading& reading, const YamlNode& node,
                                std::span<const std::string_view> ours);

/// customProperties `default` of the last column of `object` (defaults.cc).
void read_default(Reading& reading, Object& object, const YamlNode& node);

/// customProperties `versionColumn` of an object, whose columns are read
/// (defaults.cc).
void read_version_column(Reading& reading, Object& object, const YamlNode& node);

/// `quality` of a column or, with a null `column`, of an object (quality.cc).
void read_quality(Reading& reading, Object& object, const YamlNode& node, const columnar::Column* column);

/// A quality rule of the engine haul: how a dataset may change from run to run (change_rules.cc).
void read_change_rule(Reading& reading, Object& object, const columnar::Column* column, const YamlNode& rule,
                      const std::string& id);

/// `slaProperties`; runs after all objects are read (measured_levels.cc).
void read_service_levels(Reading& reading, const YamlNode& root);

/// SQL for the rows beyond the first of each value; as in a SQL UNIQUE, a null equals nothing.
[[nodiscard]] std::string count_duplicates(const Object& object, const std::vector<std::string>& columns);

/// `relationships` of an object and of its columns; runs after all objects are read (relationships.cc).
void read_relationships(Reading& reading, const YamlNode& schema);

/// One entry of `schema` (object_reader.cc).
void read_object(Reading& reading, const YamlNode& node);

}  // namespace haul::contract
