#include "json_values.h"

#include "text_values.h"

namespace haul::ingest {
namespace {

namespace json = simdjson::ondemand;

Appended append_array(json::value value, ColumnSink& sink, std::uint64_t& unknown_fields) {
  if (sink.kind() != ValueKind::kList) return Appended::kWrongType;
  json::array elements;
  if (value.get_array().get(elements) != simdjson::SUCCESS) return Appended::kMalformed;
  for (auto element : elements) {
    json::value item;
    if (element.get(item) != simdjson::SUCCESS) return Appended::kMalformed;
    const Appended appended = append_value(item, sink.children()[0], unknown_fields);
    if (appended != Appended::kYes) return appended;
  }
  sink.commit_nested();
  return Appended::kYes;
}

ColumnSink* member_named(ColumnSink& sink, std::string_view key) {
  for (ColumnSink& child : sink.children()) {
    if (child.name() == key) return &child;
  }
  return nullptr;
}

Appended append_object(json::value value, ColumnSink& sink, std::uint64_t& unknown_fields) {
  if (sink.kind() != ValueKind::kStruct) return Appended::kWrongType;
  json::object members;
  if (value.get_object().get(members) != simdjson::SUCCESS) return Appended::kMalformed;
  for (auto member : members) {
    std::string_view key;
    json::value item;
    if (member.error() != simdjson::SUCCESS || member.unescaped_key().get(key) != simdjson::SUCCESS ||
        member.value().get(item) != simdjson::SUCCESS) {
      return Appended::kMalformed;
    }
    ColumnSink* const child = member_named(sink, key);
    if (child == nullptr) {
      ++unknown_fields;
      if (!is_wellformed(item)) return Appended::kMalformed;
      continue;
    }
    if (child->length() > sink.length()) return Appended::kMalformed;  // the key is there twice
    const Appended appended = append_value(item, *child, unknown_fields);
    if (appended != Appended::kYes) return appended;
  }
  for (ColumnSink& child : sink.children()) {
    if (child.length() == sink.length()) child.append_null();
  }
  sink.commit_nested();
  return Appended::kYes;
}

Appended appended_if(bool fits) { return fits ? Appended::kYes : Appended::kWrongType; }

}  // namespace

std::string_view token_of(json::value& value) {
  const std::string_view token = value.raw_json_token();
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

Appended append_value(json::value value, ColumnSink& sink, std::uint64_t& unknown_fields) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return Appended::kMalformed;
  switch (type) {
    case json::json_type::array:
      return append_array(value, sink, unknown_fields);
    case json::json_type::object:
      return append_object(value, sink, unknown_fields);
    case json::json_type::string: {
      std::string_view text;
      if (value.get_string().get(text) != simdjson::SUCCESS) return Appended::kMalformed;
      return appended_if(sink.append_json_string(text));
    }
    case json::json_type::number: {
      const std::string_view number = token_of(value);
      if (!is_json_number(number)) return Appended::kMalformed;
      return appended_if(sink.append_json_number(number));
    }
    case json::json_type::boolean: {
      const std::string_view token = token_of(value);
      if (token != "true" && token != "false") return Appended::kMalformed;
      return appended_if(sink.append_json_boolean(token == "true"));
    }
    case json::json_type::null:
      if (token_of(value) != "null") return Appended::kMalformed;
      sink.append_null();
      return Appended::kYes;
  }
  return Appended::kMalformed;
}

bool is_wellformed(json::value value) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (type == json::json_type::array) {
    json::array elements;
    if (value.get_array().get(elements) != simdjson::SUCCESS) return false;
    for (auto element : elements) {
      json::value item;
      if (element.get(item) != simdjson::SUCCESS || !is_wellformed(item)) return false;
    }
    return true;
  }
  if (type == json::json_type::object) {
    json::object members;
    if (value.get_object().get(members) != simdjson::SUCCESS) return false;
    for (auto member : members) {
      json::value item;
      if (member.error() != simdjson::SUCCESS || member.value().get(item) != simdjson::SUCCESS) return false;
      if (!is_wellformed(item)) return false;
    }
    return true;
  }
  if (type == json::json_type::string) return value.get_string().error() == simdjson::SUCCESS;
  const std::string_view token = token_of(value);
  if (type == json::json_type::number) return is_json_number(token);
  return token == "true" || token == "false" || token == "null";
}

}  // namespace haul::ingest
