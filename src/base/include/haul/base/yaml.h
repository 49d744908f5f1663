#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul {

/// A place in a text file, both from 1. Prints as "contracts/legs.odcs.yaml:12:5".
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;
};
[[nodiscard]] std::string to_string(const SourcePlace& place);

/// One node of a parsed YAML 1.2 document, with its place. A cheap handle; the document lives as long as any
/// of its nodes. Every failure is kInvalidInput and starts with "file:line:column: ".
class YamlNode {
 public:
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };

  /// Parses one document. Duplicate keys, tabs, anchors that loop and a second document are errors.
  static Result<YamlNode> parse(std::string_view text, std::string file);

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] SourcePlace place() const;

  /// Map: the value of `key`, or nothing. Error where this node is no map.
  [[nodiscard]] std::optional<YamlNode> find(std::string_view key) const;
  /// Map: the value of `key`; "needs the key `x`" where it is missing.
  Result<YamlNode> at(std::string_view key) const;
  /// Map: key and value pairs in the order of the file. Empty for null.
  [[nodiscard]] std::vector<std::pair<std::string, YamlNode>> entries() const;
  /// Sequence: its items in order. Empty for null.
  [[nodiscard]] std::vector<YamlNode> items() const;

  Result<std::string> as_string() const;
  Result<std::int64_t> as_integer() const;
  Result<double> as_number() const;
  Result<bool> as_boolean() const;

  /// Error for the first key that is not in `known`, with "did you mean" where one is near. Null is an empty map.
  Result<void> allow_only(std::initializer_list<std::string_view> known) const;

  /// An error at this node's place: "file:line:column: message".
  [[nodiscard]] Error error(std::string_view message) const;

  /// This node as JSON text (scalars typed by the YAML 1.2 core schema): for JSON Schema and for hashing.
  [[nodiscard]] std::string to_json() const;

 private:
  struct Document;
  struct Position;
  explicit YamlNode(std::shared_ptr<const Document> document, std::shared_ptr<const Position> position);
  std::shared_ptr<const Document> document_;  // shared: every node keeps its document alive
  std::shared_ptr<const Position> position_;
};

}  // namespace haul
