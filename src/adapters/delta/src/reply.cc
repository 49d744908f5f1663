#include "reply.h"

#include <fmt/format.h>

#include "haul/base/check.h"
#include "schema_json.h"

namespace haul::adapters {
namespace {

using simdjson::dom::element;

// The shim is of this build: a missing key is a bug, not an input.
template <class T>
T required(element object, const char* key) {
  T value{};
  HAUL_CHECK(object[key].get(value) == simdjson::SUCCESS, key);
  return value;
}

std::optional<std::int64_t> optional_number(element object, const char* key) {
  std::int64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
}

std::string optional_text(element object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::map<std::string, std::string> text_map(element object, const char* key) {
  std::map<std::string, std::string> entries;
  for (const auto& [name, value] : required<simdjson::dom::object>(object, key)) {
    std::string_view text;
    // Other writers put numbers and lists in here.
    entries[std::string(name)] =
        value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
  }
  return entries;
}

IngestTime time_of(std::int64_t ms) { return IngestTime{std::chrono::milliseconds{ms}}; }

Result<lake::DataFile> parse_file(element json, simdjson::dom::parser& parser) {
  lake::DataFile file;
  file.path = required<std::string_view>(json, "path");
  file.bytes = required<std::int64_t>(json, "size");
  file.modified_ms = required<std::int64_t>(json, "modifiedMs");
  file.statistics = optional_text(json, "stats");
  if (!file.statistics.empty()) {
    element statistics;
    if (parser.parse(file.statistics).get(statistics) != simdjson::SUCCESS) {
      return fail(ErrorCode::kCorrupt, fmt::format("the statistics of {} are not JSON", file.path));
    }
    file.rows = optional_number(statistics, "numRecords").value_or(0);
  }
  for (const auto& [column, value] : required<simdjson::dom::object>(json, "partitionValues")) {
    std::string_view text;
    auto& entry = file.partition_values[std::string(column)];
    if (value.get(text) == simdjson::SUCCESS) entry = std::string(text);
  }
  simdjson::dom::array deleted;
  if (json["deletedRows"].get(deleted) == simdjson::SUCCESS) {
    for (const auto row : deleted) {
      std::uint64_t index = 0;
      HAUL_CHECK(row.get(index) == simdjson::SUCCESS, "a deleted row is a number");
      file.deleted_rows.push_back(index);
    }
  }
  return file;
}

}  // namespace

Result<lake::Snapshot> parse_snapshot(element reply) {
  lake::Snapshot snapshot;
  snapshot.version = required<std::int64_t>(reply, "version");
  snapshot.committed_at = time_of(required<std::int64_t>(reply, "timestampMs"));
  HAUL_TRY(schema, parse_schema(required<element>(reply, "schema")));
  snapshot.schema = std::move(schema);
  for (const auto column : required<simdjson::dom::array>(reply, "partitionColumns")) {
    std::string_view name;
    HAUL_CHECK(column.get(name) == simdjson::SUCCESS, "a partition column is a name");
    snapshot.partition_columns.emplace_back(name);
  }
  snapshot.domains = text_map(reply, "domains");
  for (const auto file : required<simdjson::dom::array>(reply, "unverified")) {
    snapshot.unverified.push_back(required<std::int64_t>(file, "version"));
  }
  for (const auto fallback : required<simdjson::dom::array>(reply, "fallbacks")) {
    std::string_view text;
    HAUL_CHECK(fallback.get(text) == simdjson::SUCCESS, "a fallback is a sentence");
    snapshot.fallbacks.emplace_back(text);
  }
  simdjson::dom::parser statistics_parser;
  for (const auto json : required<simdjson::dom::array>(reply, "files")) {
    HAUL_TRY(file, parse_file(json, statistics_parser));
    snapshot.files.push_back(std::move(file));
  }
  return snapshot;
}

Result<lake::Attempt> parse_attempt(element reply) {
  const auto outcome = required<std::string_view>(reply, "outcome");
  if (outcome == "committed") return lake::Attempt{lake::Done{required<std::int64_t>(reply, "version")}};
  if (outcome == "conflict") return lake::Attempt{lake::Lost{required<std::int64_t>(reply, "version")}};
  if (outcome == "stale_txn") {
    return lake::Attempt{lake::StaleOffset{optional_text(reply, "appId"), optional_number(reply, "stored")}};
  }
  if (outcome == "input_changed") return lake::Attempt{lake::InputChanged{optional_text(reply, "path")}};
  if (outcome == "schema_changed") return lake::Attempt{lake::SchemaChanged{optional_text(reply, "column")}};
  HAUL_CHECK(outcome == "unknown", "an outcome of haul_delta_commit");
  return lake::Attempt{lake::Unknown{optional_text(reply, "message")}};
}

Result<std::vector<lake::HistoryEntry>> parse_history(element reply) {
  std::vector<lake::HistoryEntry> history;
  for (const auto json : required<simdjson::dom::array>(reply, "entries")) {
    lake::HistoryEntry entry;
    entry.version = required<std::int64_t>(json, "version");
    entry.committed_at = time_of(optional_number(json, "timestampMs").value_or(0));
    entry.operation = optional_text(json, "operation");
    entry.parameters = text_map(json, "parameters");
    entry.commit_id = optional_text(json, "commitId");
    entry.engine = optional_text(json, "engine");
    entry.verified = required<bool>(json, "verified");
    history.push_back(std::move(entry));
  }
  return history;
}

}  // namespace haul::adapters
