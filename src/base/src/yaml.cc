#include "haul/base/yaml.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/check.h"
#include "haul/base/json.h"
#include "yaml_document.h"
#include "yaml_scalar.h"

namespace haul {

std::string to_string(const SourcePlace& place) {
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

YamlNode::YamlNode(std::shared_ptr<const Document> document, std::size_t index)
    : document_(std::move(document)), index_(index) {
  HAUL_CHECK(index_ < document_->nodes.size(), "a node belongs to its document");
}

Result<YamlNode> YamlNode::parse(std::string_view text, std::string file) {
  HAUL_TRY(document, Builder::build(text, std::move(file)));
  const std::size_t root = document->root;
  return YamlNode(std::move(document), root);
}

const YamlNode::Node& YamlNode::node() const { return document_->nodes[index_]; }

SourcePlace YamlNode::place_of(int line, int column) const { return {document_->file, line, column}; }

YamlNode::Kind YamlNode::kind() const { return node().kind; }
SourcePlace YamlNode::place() const { return place_of(node().line, node().column); }
YamlNode::ScalarType YamlNode::scalar_type() const { return node().scalar_type; }
std::string_view YamlNode::text() const { return node().text; }

std::optional<YamlNode> YamlNode::find(std::string_view key) const {
  const auto& keys = node().keys;
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const auto& each) { return each.text == key; });
  if (found == keys.end()) return std::nullopt;
  return YamlNode(document_, node().children[static_cast<std::size_t>(found - keys.begin())]);
}

Result<YamlNode> YamlNode::at(std::string_view key) const {
  if (auto value = find(key)) return *std::move(value);
  if (kind() != Kind::kMap && kind() != Kind::kNull) {
    return fail(error(fmt::format("needs keys and values with the key `{}`, has {}", key, describe())));
  }
  return fail(error(fmt::format("needs the key `{}`", key)));
}

SourcePlace YamlNode::key_place(std::string_view key) const {
  for (const auto& each : node().keys) {
    if (each.text == key) return place_of(each.line, each.column);
  }
  return place();
}

std::vector<std::pair<std::string, YamlNode>> YamlNode::entries() const {
  std::vector<std::pair<std::string, YamlNode>> entries;
  const Node& map = node();
  entries.reserve(map.keys.size());
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    entries.emplace_back(map.keys[i].text, YamlNode(document_, map.children[i]));
  }
  return entries;
}

std::vector<YamlNode> YamlNode::items() const {
  std::vector<YamlNode> items;
  if (kind() != Kind::kSequence) return items;
  items.reserve(node().children.size());
  for (const std::size_t child : node().children) items.push_back(YamlNode(document_, child));
  return items;
}

Result<std::string> YamlNode::as_string() const {
  if (kind() == Kind::kScalar && scalar_type() == ScalarType::kText) return node().text;
  if (kind() == Kind::kScalar) {
    return fail(error(fmt::format("needs text, has {}; write it in quotes: '{}'", describe(), text())));
  }
  return fail(error(fmt::format("needs text, has {}", describe())));
}

Result<std::int64_t> YamlNode::as_integer() const {
  if (kind() != Kind::kScalar || scalar_type() != ScalarType::kInteger) {
    return fail(error(fmt::format("needs an integer, has {}", describe())));
  }
  if (const auto value = read_integer(text())) return *value;
  return fail(error(fmt::format("needs an integer of at most 64 bits, has {}", text())));
}

Result<double> YamlNode::as_number() const {
  const bool is_number = kind() == Kind::kScalar &&
                         (scalar_type() == ScalarType::kInteger || scalar_type() == ScalarType::kNumber);
  const auto value = is_number ? read_number(text()) : std::nullopt;
  if (!value) return fail(error(fmt::format("needs a number, has {}", describe())));
  return *value;
}

Result<bool> YamlNode::as_boolean() const {
  if (kind() != Kind::kScalar || scalar_type() != ScalarType::kBoolean) {
    return fail(error(fmt::format("needs true or false, has {}", describe())));
  }
  return text().front() == 't' || text().front() == 'T';
}

Result<void> YamlNode::allow_only(std::initializer_list<std::string_view> known) const {
  if (kind() == Kind::kScalar || kind() == Kind::kSequence) {
    return fail(error(fmt::format("needs keys and values, has {}", describe())));
  }
  for (const auto& key : node().keys) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    const std::string_view near = nearest(key.text, {known.begin(), known.size()});
    const std::string advice = near.empty() ? fmt::format("the keys here are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean `{}`?", near);
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("{}: unknown key `{}`; {}", to_string(place_of(key.line, key.column)), key.text, advice));
  }
  return {};
}

Error YamlNode::error(std::string_view message) const {
  return Error{ErrorCode::kInvalidInput, fmt::format("{}: {}", to_string(place()), message)};
}

std::string YamlNode::describe() const {
  constexpr std::size_t kShown = 40;
  if (kind() == Kind::kNull) return "nothing";
  if (kind() == Kind::kSequence) return "a list";
  if (kind() == Kind::kMap) return "keys and values";
  switch (scalar_type()) {
    case ScalarType::kBoolean:
      return std::string(text());
    case ScalarType::kInteger:
    case ScalarType::kNumber:
      return fmt::format("the number {}", text());
    case ScalarType::kText:
      break;
  }
  if (text().size() <= kShown && text().find('\n') == std::string_view::npos)
    return fmt::format("`{}`", text());
  return "a longer text";
}

std::string YamlNode::to_json() const {
  switch (kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kScalar:
      if (scalar_type() == ScalarType::kText) return json_string(text());
      if (scalar_type() == ScalarType::kBoolean) return *as_boolean() ? "true" : "false";
      return json_number(text());
    case Kind::kSequence: {
      std::string json = "[";
      for (const YamlNode& item : items()) json += (json.size() > 1 ? "," : "") + item.to_json();
      return json + "]";
    }
    case Kind::kMap: {
      std::string json = "{";
      for (const auto& [key, value] : entries()) {
        json += (json.size() > 1 ? "," : "") + json_string(key) + ":" + value.to_json();
      }
      return json + "}";
    }
  }
  return "null";
}

}  // namespace haul
