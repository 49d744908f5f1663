#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "export_view.h"
#include "haul/base/check.h"
#include "haul/base/json.h"
#include "haul/base/sql_words.h"
#include "json_text.h"

namespace haul::contract {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A name as Avro allows it (letters, digits and _, no digit first): every other byte becomes _.
std::string avro_name(std::string_view name) {
  std::string out;
  for (const char c : name) out += is_letter(c) || is_digit(c) ? c : '_';
  if (out.empty() || is_digit(out.front())) out.insert(out.begin(), '_');
  return out;
}

/// The domain as a namespace: names divided by dots.
std::string avro_namespace(std::string_view domain) {
  std::string out;
  while (!domain.empty()) {
    const std::size_t end = std::min(domain.find('.'), domain.size());
    if (end > 0) out += (out.empty() ? "" : ".") + avro_name(domain.substr(0, end));
    domain.remove_prefix(std::min(end + 1, domain.size()));
  }
  return out;
}

std::string logical(std::string_view type, std::string_view logical_type) {
  return fmt::format(R"({{"type":"{}","logicalType":"{}"}})", type, logical_type);
}

std::string nullable(const std::string& type) { return fmt::format("[\"null\",{}]", type); }

/// Two names that Avro cannot tell apart, or nothing.
template <class Names>
std::string name_twice(const Names& names) {
  std::map<std::string, std::string> seen;
  for (const std::string& name : names) {
    const auto [known, is_new] = seen.emplace(avro_name(name), name);
    if (!is_new) return fmt::format("`{}` and `{}` are both {} in Avro", known->second, name, known->first);
  }
  return "";
}

class AvroWriter {
 public:
  /// A record for an object, in the namespace of the contract's domain.
  Result<std::string> record(const ObjectView& view, const Contract& contract) {
    JsonObject record;
    record.add_text("type", "record");
    record.add_text("name", avro_name(view.object->name));
    if (const std::string space = avro_namespace(contract.domain); !space.empty())
      record.add_text("namespace", space);
    record.add_text("doc", doc_of(view, contract));
    std::vector<std::string> names;
    std::vector<std::string> fields;
    for (const ColumnView& column : view.columns) {
      names.push_back(column.column->name);
      fields.push_back(field(column, avro_name(view.object->name)));
    }
    record.add("fields", json_list(fields));
    if (const std::string twice = name_twice(names); !twice.empty()) problem_ = twice;
    if (problem_.empty()) return record.text();
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}: {}: {}; rename one", contract.file, view.object->name, problem_));
  }

 private:
  static std::string doc_of(const ObjectView& view, const Contract& contract) {
    const std::string& says = view.description.empty() ? contract.description : view.description;
    std::string doc =
        fmt::format("{}{}contract {} {}", says, says.empty() ? "" : "; ", contract.id, contract.version);
    for (const RowRule* rule : view.row_rules)
      doc += fmt::format("; {} ({}): {}", rule->id, to_string(rule->severity), rule->sql);
    for (const SetRule& rule : view.object->set_rules)
      doc +=
          fmt::format("; {} ({}): {}", rule.id, to_string(rule.severity), statement_of(rule, *view.object));
    return doc;
  }

  std::string field(const ColumnView& view, const std::string& around) {
    const std::string name = avro_name(view.column->name);
    JsonObject field;
    field.add_text("name", name);
    std::string doc = view.description;
    const auto add = [&](const std::string& line) { doc += (doc.empty() ? "" : "; ") + line; };
    if (name != view.column->name) add(fmt::format("column `{}`", view.column->name));
    const std::string not_null = quoted_name(view.column->name) + " IS NOT NULL";
    for (const RowRule* rule : view.rules) {
      if (!view.is_required() || rule->sql != not_null)  // a type without null says it
        add(fmt::format("{} ({}): {}", rule->id, to_string(rule->severity), rule->sql));
    }
    if (!doc.empty()) field.add_text("doc", doc);
    const auto format = view.strict_option("format");
    const bool is_uuid = format && format->text() == "uuid" && view.column->type->id() == arrow::Type::STRING;
    const std::string type =
        is_uuid ? logical("string", "uuid") : type_of(*view.column->type, around + "_" + name);
    field.add("type", view.is_required() ? type : nullable(type));
    if (!view.is_required()) field.add("default", "null");
    return field.text();
  }

  /// `name` is that of the record, where the type needs one: records of a schema have different names.
  std::string type_of(const arrow::DataType& type, const std::string& name) {
    switch (type.id()) {
      case arrow::Type::BOOL:
        return "\"boolean\"";
      case arrow::Type::INT8:
      case arrow::Type::INT16:
      case arrow::Type::INT32:
        return "\"int\"";
      case arrow::Type::INT64:
        return "\"long\"";
      case arrow::Type::FLOAT:
        return "\"float\"";
      case arrow::Type::DOUBLE:
        return "\"double\"";
      case arrow::Type::STRING:
        return "\"string\"";
      case arrow::Type::BINARY:
        return "\"bytes\"";
      case arrow::Type::DATE32:
        return logical("int", "date");
      case arrow::Type::TIMESTAMP: {
        const bool local = static_cast<const arrow::TimestampType&>(type).timezone().empty();
        return logical("long", local ? "local-timestamp-micros" : "timestamp-micros");
      }
      case arrow::Type::DECIMAL128: {
        const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
        return fmt::format(R"({{"type":"bytes","logicalType":"decimal","precision":{},"scale":{}}})",
                           decimal.precision(), decimal.scale());
      }
      case arrow::Type::LIST: {
        const auto& items = *static_cast<const arrow::ListType&>(type).value_type();
        return fmt::format(R"({{"type":"array","items":{}}})", nullable(type_of(items, name + "_item")));
      }
      case arrow::Type::STRUCT:
        return record_of(type, name);
      default:
        HAUL_CHECK(false, "a column has one of the types of columnar::Column");
    }
  }

  std::string record_of(const arrow::DataType& type, const std::string& name) {
    JsonObject record;
    record.add_text("type", "record");
    record.add_text("name", name);
    std::vector<std::string> names;
    std::vector<std::string> fields;
    for (const auto& part : type.fields()) {
      names.push_back(part->name());
      JsonObject field;
      field.add_text("name", avro_name(part->name()));
      field.add("type", nullable(type_of(*part->type(), name + "_" + avro_name(part->name()))));
      field.add("default", "null");
      fields.push_back(field.text());
    }
    record.add("fields", json_list(fields));
    if (const std::string twice = name_twice(names); !twice.empty()) problem_ = twice;
    return record.text();
  }

  std::string problem_;
};

}  // namespace

Result<std::string> to_avro(const ExportView& view) {
  AvroWriter writer;
  std::vector<std::string> records;
  for (const ObjectView& object : view.objects) {
    HAUL_TRY(record, writer.record(object, *view.contract));
    records.push_back(record);
  }
  return laid_out_json(records.size() == 1 ? records.front() : json_list(records));
}

}  // namespace haul::contract
