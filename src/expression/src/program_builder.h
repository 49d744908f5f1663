#pragma once

#include <map>
#include <string>
#include <string_view>

#include "program.h"

namespace haul::expression {

/// Turns a bound tree into steps: looks every function and cast up in the allow-list, folds what is constant,
/// prepares patterns, gives equal subtrees one step. Used once.
class ProgramBuilder {
 public:
  /// `columns` as they were bound, in that order; `offset`: bytes before the user's text in the bound
  /// statement.
  ProgramBuilder(std::span<const columnar::Column> columns, std::size_t offset)
      : columns_(columns), offset_(offset) {}

  /// kInvalidInput: a function, a pair of types or a constant that is refused, with its place and what is
  /// near.
  Result<void> build(const Node& root);

  std::vector<Step> steps;
  std::size_t result = 0;                 ///< The step that is the expression's value.
  std::vector<std::size_t> columns_used;  ///< Places in `columns`; Step::column is a place in this.

 private:
  Result<std::size_t> add(const Node& node);
  Result<std::size_t> add_column(const Node& node);
  Result<std::size_t> add_cast(const Node& node);
  Result<std::size_t> add_function(const Node& node);
  Result<std::size_t> add_choice(const Node& node);
  Result<std::vector<std::size_t>> add_children(const Node& node);
  Result<std::size_t> place(Step step, std::string key, const Node& node);
  Result<std::size_t> fold(Step step, const Node& node);
  std::size_t constant(Value value);
  [[nodiscard]] bool is_constant(std::size_t step) const { return steps[step].kind == StepKind::kConstant; }
  [[nodiscard]] Error refuse(const Node& node, std::string_view what) const;

  std::span<const columnar::Column> columns_;
  std::size_t offset_;
  int within_try_ = 0;
  std::map<std::string, std::size_t> known_;
};

/// Why a function is not allowed: volatile, unknown, or known with other types.
[[nodiscard]] std::string explain_refusal(std::string_view name, std::span<const SqlType> args);

}  // namespace haul::expression
