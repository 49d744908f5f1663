#include "tpc.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace haul::adapters::duckdb {
namespace {

std::shared_ptr<arrow::DataType> arrow_type(const std::string& sql_type) {
  static const std::map<std::string, std::shared_ptr<arrow::DataType>> kTypes = {{"BIGINT", arrow::int64()},
                                                                                 {"INTEGER", arrow::int32()},
                                                                                 {"VARCHAR", arrow::utf8()},
                                                                                 {"DATE", arrow::date32()}};
  if (const auto known = kTypes.find(sql_type); known != kTypes.end()) return known->second;
  std::smatch digits;
  if (!std::regex_match(sql_type, digits, std::regex(R"(DECIMAL\((\d+), (\d+)\))"))) {
    ADD_FAILURE() << "type " << sql_type;
    return arrow::null();
  }
  return arrow::decimal128(std::stoi(digits[1]), std::stoi(digits[2]));
}

}  // namespace

std::string test_data(const std::string& name) {
  std::ifstream file("src/query/test/data/" + name);
  EXPECT_TRUE(file.is_open()) << name << ": run the tests in the project's folder";
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<TpcQuery> tpc_queries(const std::string& suite) {
  const std::string kMark = "-- query ";
  std::vector<TpcQuery> out;
  std::istringstream lines(test_data(suite + "_queries.sql"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kMark)) {
      out.push_back({.number = std::stoi(line.substr(kMark.size())), .sql = {}});
    } else {
      out.back().sql += line + "\n";
    }
  }
  return out;
}

std::vector<query::Scan> tpc_scans(const std::string& suite) {
  std::vector<query::Scan> out;
  std::istringstream lines(test_data(suite + "_schema.sql"));
  const std::regex table(R"(CREATE TABLE \w+\.(\w+) \()");
  const std::regex column(R"(  (\w+) (\w+(?:\(.*\))?),?)");
  for (std::string line; std::getline(lines, line);) {
    std::smatch words;
    if (std::regex_match(line, words, table)) {
      out.push_back({.schema = suite, .name = words[1]});
    } else if (std::regex_match(line, words, column)) {
      out.back().columns.columns.push_back({.name = words[1], .type = arrow_type(words[2])});
    }
  }
  return out;
}

}  // namespace haul::adapters::duckdb
