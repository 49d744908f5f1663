#include "haul/ingest/source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "edi_format.h"
#include "haul/base/units.h"
#include "haul/base/yaml.h"
#include "haul/edi/message.h"

namespace haul::ingest {
namespace {

/// The text of an optional key, one of `allowed` (any, where that is empty).
Result<std::optional<std::string>> choice(const YamlNode& map, std::string_view key,
                                          std::initializer_list<std::string_view> allowed) {
  const auto node = map.find(key);
  if (!node) return std::optional<std::string>();
  HAUL_TRY(text, node->as_string());
  if (allowed.size() != 0 && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
    return fail(node->error(
        fmt::format("`{}` cannot be \"{}\"; write one of: {}", key, text, fmt::join(allowed, ", "))));
  }
  return std::optional<std::string>(text);
}

Result<void> read_character(const YamlNode& map, std::string_view key, char& target) {
  const auto node = map.find(key);
  if (!node) return {};
  HAUL_TRY(text, node->as_string());
  if (text.size() != 1 || static_cast<unsigned char>(text[0]) > 0x7FU || text[0] == '\n' || text[0] == '\r') {
    return fail(node->error(fmt::format("`{}` needs one ASCII character", key)));
  }
  target = text[0];
  return {};
}

Result<void> read_csv(const YamlNode& node, CsvOptions& csv) {
  HAUL_TRY_VOID(node.allow_only({"delimiter", "quote", "null_text", "encoding"}));
  HAUL_TRY_VOID(read_character(node, "delimiter", csv.delimiter));
  HAUL_TRY_VOID(read_character(node, "quote", csv.quote));
  if (csv.delimiter == csv.quote)
    return fail(node.error("`delimiter` and `quote` cannot be the same character"));
  HAUL_TRY(null_text, choice(node, "null_text", {}));
  csv.null_text = null_text.value_or("");
  HAUL_TRY(encoding, choice(node, "encoding", {"utf-8", "latin-1", "windows-1252"}));
  csv.encoding = encoding.value_or("utf-8");
  return {};
}

bool is_offset(std::string_view text) {
  const auto digit = [&text](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text == "UTC" || (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
                           digit(1) && digit(2) && digit(4) && digit(5));
}

Result<void> read_timestamp_offset(const YamlNode& from, Source& source) {
  const auto offset = from.find("timestamp_offset");
  if (!offset) return {};
  HAUL_TRY(text, offset->as_string());
  if (!is_offset(text))
    return fail(offset->error("`timestamp_offset` needs UTC or an offset such as +02:00"));
  source.format.timestamp_offset = text;
  return {};
}

Result<void> read_drop(const YamlNode& from, Source& source) {
  source.kind = SourceKind::kDrop;
  HAUL_TRY(drop, parse_drop(from));
  const bool is_table = source.delivery == Delivery::kTable;
  if (drop.name && drop.name->has_sequence() && !(is_table && drop.name->has_date())) {
    return fail(
        from.at("name")->error("{sequence} needs {date} and `deliver: table`: a corrected file takes the "
                               "place of the earlier one of its "
                               "business date in one commit of the table"));
  }
  drop.corrects = is_table && drop.name && drop.name->has_date();
  source.drop = std::move(drop);
  return {};
}

Result<void> read_pull(const YamlNode& from, Source& source) {
  HAUL_TRY_VOID(from.allow_only({"kind", "url", "start", "rows", "next", "authorization", "headers", "every",
                                 "rate", "timestamp_offset"}));
  source.kind = SourceKind::kPull;
  if (source.delivery != Delivery::kTopic) {
    return fail(from.error("a pull needs `deliver: topic`: its position is kept with the rows in the log"));
  }
  HAUL_TRY(pull, parse_pull(from));
  source.pull = std::move(pull);
  return read_timestamp_offset(from, source);
}

/// X12 and EDIFACT: the kind of transaction.
Result<void> read_message(const YamlNode& node, FormatOptions& format) {
  const auto message = node.find("message");
  const auto standard = standard_of(format.format);
  if (!standard) {
    if (!message) return {};
    return fail(message->error("`message` needs `format: x12` or `format: edifact` beside it"));
  }
  const std::vector<std::string_view> types = edi::message_types(*standard);
  if (!message) {
    return fail(node.error(fmt::format("`format: {}` needs `message`, one of: {}", to_string(format.format),
                                       fmt::join(types, ", "))));
  }
  HAUL_TRY(type, message->as_string());
  if (std::find(types.begin(), types.end(), type) == types.end()) {
    return fail(message->error(
        fmt::format("`message` cannot be \"{}\"; write one of: {}", type, fmt::join(types, ", "))));
  }
  format.message = type;
  return {};
}

/// Where the answers to interchanges go.
Result<void> read_acknowledge(const YamlNode& root, Source& source) {
  const auto node = root.find("acknowledge");
  if (!node) return {};
  if (!standard_of(source.format.format)) {
    return fail(node->error("`acknowledge` is for `format: x12` and `format: edifact`: they define answers"));
  }
  if (source.delivery == Delivery::kTable)
    return fail(node->error("`acknowledge` needs `deliver: topic`: an answer follows the log"));
  HAUL_TRY_VOID(node->allow_only({"dir"}));
  HAUL_TRY(dir, node->at("dir"));
  HAUL_TRY(text, dir.as_string());
  if (text.empty()) return fail(dir.error("`dir` needs a folder such as acks"));
  source.acknowledge_dir = text;
  return {};
}

Result<void> read_from(const YamlNode& node, Source& source) {
  HAUL_TRY_VOID(node.at("kind"));
  HAUL_TRY(kind, choice(node, "kind", {"files", "stdin", "drop", "pull", "http"}));
  if (kind == "stdin") source.kind = SourceKind::kStdin;
  if (kind == "pull") return read_pull(node, source);
  if (kind == "drop") {
    HAUL_TRY_VOID(node.allow_only({"kind", "path", "format", "message", "csv", "timestamp_offset", "name",
                                   "ready", "quiet", "expect"}));
    HAUL_TRY_VOID(read_drop(node, source));
  } else if (kind == "http") {
    // Every source takes rows over HTTP, and files by command; of one that says so nothing else is looked
    // for.
    HAUL_TRY_VOID(node.allow_only({"kind", "format", "csv", "timestamp_offset"}));
  } else {
    HAUL_TRY_VOID(node.allow_only({"kind", "path", "format", "message", "csv", "timestamp_offset"}));
    HAUL_TRY(path, choice(node, "path", {}));
    source.path = path.value_or("");
  }
  HAUL_TRY(format,
           choice(node, "format", {"ndjson", "csv", "json", "parquet", "arrow", "x12", "edifact", "epcis"}));
  if (format) source.format.format = *format_named(*format);
  HAUL_TRY_VOID(read_message(node, source.format));
  if (const auto csv = node.find("csv")) {
    if (source.format.format != Format::kCsv) return fail(csv->error("`csv` needs `format: csv` beside it"));
    HAUL_TRY_VOID(read_csv(*csv, source.format.csv));
  }
  return read_timestamp_offset(node, source);
}

Result<void> read_topic_clauses(const YamlNode& root, Source& source) {
  for (const std::string_view clause : {"key", "partitions", "retention"}) {
    const auto node = root.find(clause);
    if (node && source.delivery == Delivery::kTable) {
      return fail(node->error(
          fmt::format("`{}` is for `deliver: topic`: a table has no partitions in the log", clause)));
    }
  }
  if (const auto key = root.find("key")) {
    for (const YamlNode& item : key->items()) {
      HAUL_TRY(name, item.as_string());
      source.key.push_back(name);
    }
  }
  if (source.delivery == Delivery::kTopic && source.key.empty()) {
    return fail(root.error(
        "`deliver: topic` needs `key`: the columns that decide the partition, e.g. key: [vehicle_id]"));
  }
  if (const auto partitions = root.find("partitions")) {
    HAUL_TRY(count, partitions->as_integer());
    if (count < 1 || count > 1024)
      return fail(partitions->error("`partitions` needs a number from 1 to 1024"));
    source.partitions = static_cast<std::uint32_t>(count);
  }
  const auto retention = root.find("retention");
  if (!retention) return {};
  HAUL_TRY_VOID(retention->allow_only({"age", "bytes"}));
  if (const auto age = retention->find("age")) {
    HAUL_TRY(text, age->as_string());
    auto duration = parse_duration(text);
    if (!duration) return fail(age->error(duration.error().message));
    source.retention_age = *duration;
  }
  if (const auto bytes = retention->find("bytes")) {
    HAUL_TRY(text, bytes->as_string());
    auto size = parse_bytes(text);
    if (!size) return fail(bytes->error(size.error().message));
    source.retention_bytes = *size;
  }
  return {};
}

}  // namespace

eventlog::TopicConfig topic_of(const Source& source) {
  return {source.name, source.partitions, {source.retention_age, source.retention_bytes}};
}

Result<Source> parse_source(std::string_view yaml, std::string file) {
  HAUL_TRY(root, YamlNode::parse(yaml, file));
  HAUL_TRY_VOID(root.allow_only({"source", "contract", "deliver", "from", "key", "event_time", "partitions",
                                 "retention", "acknowledge"}));
  Source source;
  source.file = std::move(file);
  HAUL_TRY(name, root.at("source"));
  HAUL_TRY(name_text, name.as_string());
  source.name = name_text;
  HAUL_TRY(contract, root.at("contract"));
  HAUL_TRY(contract_text, contract.as_string());
  source.contract = contract_text;
  HAUL_TRY_VOID(root.at("deliver"));
  HAUL_TRY(deliver, choice(root, "deliver", {"topic", "table"}));
  source.delivery = deliver == "table" ? Delivery::kTable : Delivery::kTopic;
  HAUL_TRY(event_time, choice(root, "event_time", {}));
  source.event_time = event_time.value_or("");
  HAUL_TRY(from, root.at("from"));
  HAUL_TRY_VOID(read_from(from, source));
  HAUL_TRY_VOID(read_topic_clauses(root, source));
  HAUL_TRY_VOID(read_acknowledge(root, source));
  return source;
}

}  // namespace haul::ingest
