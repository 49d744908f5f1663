#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/base/result.h"

namespace haul {

/// A place in a text file, both from 1; columns count characters. Prints as "contracts/legs.odcs.yaml:12:5".
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;
};
[[nodiscard]] std::string to_string(const SourcePlace& place);

/// One node of a parsed YAML 1.2 document, with its place. A cheap handle; the document lives as long as any
/// of its nodes. Immutable, thread-safe. Every failure is kInvalidInput and starts with "file:line:column: ".
///
/// Plain scalars are typed by the YAML 1.2 core schema: `true` is a boolean, `12` an integer, `1.5` a number,
/// `~` is null, `no`, `1.2.0` and `2013-01-01` are text; quoted and block scalars are text.
class YamlNode {
 public:
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };
  enum class ScalarType : std::uint8_t { kText, kBoolean, kInteger, kNumber };

  /// Parses one document; an empty text is null. What a reader could take for something else is an error:
  /// duplicate keys, keys that are not text, tabs in an indentation, a key without a colon, an open quote,
  /// control characters, bytes that are not UTF-8, tags other than !!str, numbers that are not finite, a
  /// second document. Bounds: 16 MB of text, 64 levels, 500,000 nodes where an alias counts as what it stands
  /// for, no loops.
  static Result<YamlNode> parse(std::string_view text, std::string file);

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] SourcePlace place() const;
  /// Of a scalar; kText for the other kinds.
  [[nodiscard]] ScalarType scalar_type() const;
  /// A scalar's characters as the file has them after unquoting ("1.10" for the number 1.10); empty for other
  /// kinds.
  [[nodiscard]] std::string_view text() const;

  /// Map: the value of `key`, or nothing. Nothing as well where this node is no map: allow_only() is the one
  /// to say so.
  [[nodiscard]] std::optional<YamlNode> find(std::string_view key) const;
  /// Map: the value of `key`; "needs the key `x`" where it is missing.
  Result<YamlNode> at(std::string_view key) const;
  /// Map: where the key itself stands; the place of the node where there is no such key.
  [[nodiscard]] SourcePlace key_place(std::string_view key) const;
  /// Map: key and value pairs in the order of the file. Empty for every other kind.
  [[nodiscard]] std::vector<std::pair<std::string, YamlNode>> entries() const;
  /// Sequence: its items in order. Empty for every other kind.
  [[nodiscard]] std::vector<YamlNode> items() const;

  /// Text only: a number or a boolean is refused with the advice to quote it (text() takes any scalar).
  Result<std::string> as_string() const;
  Result<std::int64_t> as_integer() const;
  /// Integers too.
  Result<double> as_number() const;
  Result<bool> as_boolean() const;

  /// Error for the first key that is not in `known`, at its place, with "did you mean" where one is near;
  /// error where this node is neither a map nor null.
  Result<void> allow_only(std::initializer_list<std::string_view> known) const;

  /// An error at this node's place: "file:line:column: message".
  [[nodiscard]] Error error(std::string_view message) const;

  /// What stands here, for messages: "a list", "the number 1.2", "the text `x`".
  [[nodiscard]] std::string describe() const;

  /// This node as JSON text, keys in the order of the file: for JSON Schema and for hashing.
  [[nodiscard]] std::string to_json() const;

 private:
  struct Document;
  struct Node;
  class Builder;
  YamlNode(std::shared_ptr<const Document> document, std::size_t index);
  [[nodiscard]] const Node& node() const;
  [[nodiscard]] SourcePlace place_of(int line, int column) const;

  std::shared_ptr<const Document> document_;  // shared: every node keeps its document alive
  std::size_t index_;
};

}  // namespace haul
