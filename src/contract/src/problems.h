#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/base/yaml.h"

namespace haul::contract {

/// What is wrong with one file: collected, so that its author sees all of it at once.
class Problems {
 public:
  /// `message` says what is wrong and, after a semicolon, what to do.
  void add(SourcePlace place, std::string message);
  void add(const YamlNode& node, std::string message) { add(node.place(), std::move(message)); }

  [[nodiscard]] bool empty() const { return problems_.empty(); }

  /// One line for each problem, "file:line:column: message", in the order of the file. There must be one.
  [[nodiscard]] Error to_error() const;

 private:
  struct Problem {
    SourcePlace place;
    std::string message;
  };
  std::vector<Problem> problems_;
};

/// "; did you mean `near`?", or "; it is one of a, b, c" where nothing is near: the advice for a misspelt
/// word.
[[nodiscard]] std::string advise(std::string_view word, std::span<const std::string_view> known);

}  // namespace haul::contract
