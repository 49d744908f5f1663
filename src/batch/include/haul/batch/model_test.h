#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/base/yaml.h"
#include "haul/batch/project.h"
#include "haul/query/sql_engine.h"

namespace haul::batch {

/// One row of a test: column -> value as the file writes it; nothing: NULL. Columns left out are NULL.
using TestRow = std::map<std::string, std::optional<std::string>>;

struct TestRows {
  std::vector<TestRow> rows;
  SourcePlace place;
};

/// Given these rows of the model's inputs, those rows come out.
struct TestCase {
  std::string name;
  std::map<std::string, TestRows> given;  ///< By dataset; an input that is not named is empty.
  TestRows expect;
  SourcePlace place;
};

/// One tests/NAME.yaml (schemas/test.schema.json).
struct ModelTest {
  std::string model;
  std::vector<TestCase> cases;
  SourcePlace model_place;
};

/// kInvalidInput with "file:line:column": unknown keys, a case without a name, two cases of one name, rows
/// that are no maps of scalars.
Result<ModelTest> parse_model_test(std::string_view yaml, std::string file);

/// Reads tests/*.yaml below `project`, sorted by file name. kInvalidInput: every problem, one line each.
Result<std::vector<ModelTest>> load_model_tests(FileSystem& files, const Path& project);

struct CaseResult {
  std::string model;
  std::string name;
  SourcePlace place;
  bool passed = false;
  std::string difference;  ///< Not passed: the missing (-) and surplus (+) rows, or why it could not run.
};

/// Runs every case. Rows are compared as a multiset, in the columns that some expected row names; each value
/// is cast to its column's type. A case that cannot run (an unknown column or model, a value that does not
/// fit) has not passed. kCancelled, kUnavailable: the engine.
Result<std::vector<CaseResult>> run_model_test(query::SqlEngine& engine, const Graph& graph,
                                               const ModelTest& test);

}  // namespace haul::batch
