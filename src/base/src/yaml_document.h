#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/yaml.h"

namespace haul {

/// A node as it is stored. Places count from 1. An alias is no node: its parent points to the node it stands
/// for.
struct YamlNode::Node {
  struct Key {
    std::string text;
    int line = 0;
    int column = 0;
  };
  Kind kind = Kind::kNull;
  ScalarType scalar_type = ScalarType::kText;
  int line = 1;
  int column = 1;
  std::string text;                   ///< Of a scalar.
  std::vector<Key> keys;              ///< Of a map: one for each child.
  std::vector<std::size_t> children;  ///< Indices into Document::nodes.
};

struct YamlNode::Document {
  std::string file;
  std::vector<Node> nodes;
  std::size_t root = 0;
};

/// Reads `text` with yaml-cpp's event parser; nothing of it, exceptions included, leaves this class.
class YamlNode::Builder {
 public:
  static Result<std::shared_ptr<const Document>> build(std::string_view text, std::string file);

 private:
  class Handler;
};

}  // namespace haul
