#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "haul/batch/model_test.h"
#include "problems.h"

namespace haul::batch {
namespace {

Result<TestRows> read_rows(const YamlNode& node) {
  if (node.kind() != YamlNode::Kind::kSequence && node.kind() != YamlNode::Kind::kNull) {
    return fail(node.error("expected a list of rows"));
  }
  TestRows out{.rows = {}, .place = node.place()};
  for (const YamlNode& item : node.items()) {
    if (item.kind() != YamlNode::Kind::kMap) return fail(item.error("expected a row: {column: value, ...}"));
    TestRow row;
    for (const auto& [column, value] : item.entries()) {
      if (value.kind() == YamlNode::Kind::kNull) {
        row[column] = std::nullopt;
      } else if (value.kind() == YamlNode::Kind::kScalar) {
        row[column] = std::string(value.text());
      } else {
        return fail(value.error("expected one value"));
      }
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

Result<std::map<std::string, TestRows>> read_given(const YamlNode& parent) {
  std::map<std::string, TestRows> out;
  const auto given = parent.find("given");
  if (!given) return out;
  if (given->kind() != YamlNode::Kind::kMap) return fail(given->error("expected datasets with their rows"));
  for (const auto& [dataset, rows] : given->entries()) {
    HAUL_TRY(read, read_rows(rows));
    out[dataset] = std::move(read);
  }
  return out;
}

Result<TestCase> read_case(const YamlNode& node, const std::map<std::string, TestRows>& shared) {
  HAUL_TRY_VOID(node.allow_only({"name", "description", "given", "expect"}));
  HAUL_TRY(name_node, node.at("name"));
  HAUL_TRY(name, name_node.as_string());
  if (const auto own = node.at("given"); !own) return fail(own.error());
  HAUL_TRY(given, read_given(node));
  HAUL_TRY(expect_node, node.at("expect"));
  HAUL_TRY(expect, read_rows(expect_node));
  given.insert(shared.begin(), shared.end());
  return TestCase{.name = std::move(name),
                  .given = std::move(given),
                  .expect = std::move(expect),
                  .place = name_node.place()};
}

}  // namespace

Result<ModelTest> parse_model_test(std::string_view yaml, std::string file) {
  HAUL_TRY(root, YamlNode::parse(yaml, std::move(file)));
  HAUL_TRY_VOID(root.allow_only({"model", "given", "cases"}));
  HAUL_TRY(model_node, root.at("model"));
  HAUL_TRY(model, model_node.as_string());
  HAUL_TRY(shared, read_given(root));
  HAUL_TRY(cases, root.at("cases"));
  ModelTest out{.model = std::move(model), .cases = {}, .model_place = model_node.place()};
  std::set<std::string> names;
  for (const YamlNode& item : cases.items()) {
    HAUL_TRY(read, read_case(item, shared));
    if (!names.insert(read.name).second)
      return fail(item.error(fmt::format("the case {} stands twice", read.name)));
    out.cases.push_back(std::move(read));
  }
  if (out.cases.empty()) return fail(cases.error("expected at least one case"));
  return out;
}

Result<std::vector<ModelTest>> load_model_tests(FileSystem& files, const Path& project) {
  std::vector<ModelTest> out;
  auto entries = files.list(project / "tests");
  if (!entries && entries.error().code == ErrorCode::kNotFound) return out;
  if (!entries) return fail(entries.error());
  std::vector<std::string> names;
  for (const FileInfo& entry : *entries) {
    if (!entry.is_directory && Path(entry.name).extension() == ".yaml") names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  Problems problems;
  for (const std::string& name : names) {
    HAUL_TRY(text, read_file(files, project / "tests" / name));
    auto test = parse_model_test(text, "tests/" + name);
    if (!problems.add_if_failed(test)) out.push_back(*std::move(test));
  }
  HAUL_TRY_VOID(problems.result());
  return out;
}

}  // namespace haul::batch
