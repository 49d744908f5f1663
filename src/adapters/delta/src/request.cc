#include "request.h"

#include <fmt/format.h>

#include <iterator>

#include "haul/base/json.h"
#include "schema_json.h"

namespace haul::adapters {
namespace {

/// "[a,b]" of what `write` makes of each item.
template <class Items, class Write>
std::string array(const Items& items, const Write& write) {
  std::string text = "[";
  for (const auto& item : items) {
    if (text.size() > 1) text += ',';
    text += write(item);
  }
  return text + "]";
}

std::string text_array(const std::vector<std::string>& texts) {
  return array(texts, [](const std::string& text) { return json_string(text); });
}

std::string text_map(const std::map<std::string, std::string>& entries) {
  std::string text = "{";
  for (const auto& [key, value] : entries) {
    if (text.size() > 1) text += ',';
    append_json_string(text, key);
    text += ':';
    append_json_string(text, value);
  }
  return text + "}";
}

std::string partition_values(const lake::DataFile& file) {
  std::string text = "{";
  for (const auto& [column, value] : file.partition_values) {
    if (text.size() > 1) text += ',';
    append_json_string(text, column);
    text += ':';
    text += value ? json_string(*value) : "null";
  }
  return text + "}";
}

std::string add(const lake::DataFile& file) {
  const std::string statistics =
      file.statistics.empty() ? fmt::format(R"({{"numRecords":{}}})", file.rows) : file.statistics;
  return fmt::format(R"({{"path":{},"size":{},"modificationTime":{},"partitionValues":{},"stats":{}}})",
                     json_string(file.path), file.bytes, file.modified_ms, partition_values(file),
                     json_string(statistics));
}

std::string offset(const lake::OffsetMove& move) {
  return fmt::format(R"({{"appId":{},"expected":{},"version":{}}})", json_string(move.app_id),
                     move.expected ? fmt::format("{}", *move.expected) : "null", move.version);
}

std::string deletes(const std::map<std::string, std::vector<std::uint64_t>>& rows_by_path) {
  std::string text = "{";
  for (const auto& [path, rows] : rows_by_path) {
    if (text.size() > 1) text += ',';
    append_json_string(text, path);
    fmt::format_to(std::back_inserter(text), ":[{}]", fmt::join(rows, ","));
  }
  return text + "}";
}

}  // namespace

std::string create_request(const lake::TableSpec& spec, const std::string& commit_id) {
  // A copy keeps its commit times; offsets' companions (closed_before, ...) are domains.
  std::map<std::string, std::string> properties = {{"delta.enableInCommitTimestamps", "true"},
                                                   {"delta.feature.domainMetadata", "supported"}};
  for (const auto& [key, value] : spec.properties) properties[key] = value;
  return fmt::format(R"({{"schema":{},"partitionColumns":{},"properties":{},"commitId":{}}})",
                     schema_json(spec.schema), text_array(spec.partition_columns), text_map(properties),
                     json_string(commit_id));
}

std::string snapshot_request(std::optional<lake::Version> version, std::optional<IngestTime> as_of) {
  if (version) return fmt::format(R"({{"version":{},"files":true}})", *version);
  if (!as_of) return R"({"files":true})";
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(as_of->time_since_epoch());
  return fmt::format(R"({{"asOfMs":{},"files":true}})", ms.count());
}

std::string offsets_request(const std::vector<std::string>& app_ids) {
  return fmt::format(R"({{"appIds":{}}})", text_array(app_ids));
}

std::string commit_request(const lake::CommitRequest& request) {
  return fmt::format(
      R"({{"commitId":{},"operation":{},"parameters":{},"offsets":{},"adds":{},"removes":{},"deletes":{},)"
      R"("domains":{},"addColumns":{},"retypeColumns":{},"fileColumns":{},"dataChange":{},"readVersion":{}}})",
      json_string(request.commit_id), json_string(request.operation), text_map(request.parameters),
      array(request.offsets, offset), array(request.adds, add), text_array(request.removes),
      deletes(request.deletes), text_map(request.domains), array(request.add_columns, field_json),
      array(request.retype_columns, field_json), array(request.file_columns, field_json), request.data_change,
      request.read_version ? fmt::format("{}", *request.read_version) : "null");
}

}  // namespace haul::adapters
