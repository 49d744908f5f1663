#include "program_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "constant.h"

namespace haul::expression {
namespace {

constexpr std::array<std::string_view, 16> kVolatile{"random",
                                                     "setseed",
                                                     "uuid",
                                                     "gen_random_uuid",
                                                     "uuidv4",
                                                     "uuidv7",
                                                     "now",
                                                     "today",
                                                     "get_current_timestamp",
                                                     "get_current_time",
                                                     "current_localtime",
                                                     "current_localtimestamp",
                                                     "current_date",
                                                     "transaction_timestamp",
                                                     "nextval",
                                                     "getvariable"};

std::string join_types(std::span<const SqlType> types) {
  std::string all;
  for (const SqlType type : types) all += fmt::format("{}{}", all.empty() ? "" : ", ", to_string(type));
  return all;
}

/// Equal for equal constants of one type.
std::string constant_key(const Value& value) {
  std::string key =
      fmt::format("constant {} {} {} ", to_string(value.type), value.is_null(0), value.is_failed(0));
  if (value.is_null(0)) return key;
  for (std::size_t i = 1; i < value.data->buffers.size(); ++i) key += value.data->buffers[i]->ToString();
  return key;
}

}  // namespace

std::string explain_refusal(std::string_view name, std::span<const SqlType> args) {
  if (std::find(kVolatile.begin(), kVolatile.end(), name) != kVolatile.end()) {
    return fmt::format(
        "{}() gives another answer at every call, so a replay would differ; compare with a column that holds "
        "the time "
        "instead",
        name);
  }
  const AllowList& list = AllowList::instance();
  const auto signatures = list.signatures(name);
  if (!signatures.empty()) {
    return fmt::format("{}({}) is not allowed with these types; allowed: {}", name, join_types(args),
                       fmt::join(signatures, ", "));
  }
  const auto names = list.names();
  const std::string_view near = nearest(name, names);
  const std::string hint =
      near.empty() ? "docs/expressions.md lists those that are" : fmt::format("near: {}", near);
  return fmt::format("function {}({}) is not on the allow-list of expressions; {}", name, join_types(args),
                     hint);
}

Error ProgramBuilder::refuse(const Node& node, std::string_view what) const {
  const bool known = node.location != kNowhere && node.location >= offset_;
  const std::string place = known ? fmt::format("at character {}: ", node.location - offset_ + 1) : "";
  return {ErrorCode::kInvalidInput, fmt::format("{}{}", place, what)};
}

Result<void> ProgramBuilder::build(const Node& root) {
  HAUL_TRY(last, add(root));
  result = last;
  return {};
}

Result<std::size_t> ProgramBuilder::add(const Node& node) {
  switch (node.kind) {
    case NodeKind::kColumn:
      return add_column(node);
    case NodeKind::kConstant: {
      auto value = make_constant(node);
      if (!value) return fail(refuse(node, value.error().message));
      return constant(std::move(*value));
    }
    case NodeKind::kCast:
      return add_cast(node);
    case NodeKind::kFunction:
      return add_function(node);
    case NodeKind::kCase:
    case NodeKind::kCoalesce:
    case NodeKind::kTry:
      return add_choice(node);
  }
  return fail(refuse(node, "unknown node"));
}

Result<std::size_t> ProgramBuilder::add_column(const Node& node) {
  const auto bound = static_cast<std::size_t>(node.integer);
  if (bound >= columns_.size()) return fail(refuse(node, fmt::format("'{}' is not a column", node.name)));
  const auto used = std::find(columns_used.begin(), columns_used.end(), bound);
  Step step{.kind = StepKind::kColumn, .type = from_arrow(*columns_[bound].type)};
  step.column = static_cast<std::size_t>(used - columns_used.begin());
  if (used == columns_used.end()) columns_used.push_back(bound);
  return place(std::move(step), fmt::format("column {}", bound), node);
}

std::size_t ProgramBuilder::constant(Value value) {
  const auto [known, is_new] = known_.emplace(constant_key(value), steps.size());
  if (!is_new) return known->second;
  Step step{.kind = StepKind::kConstant, .type = value.type};
  step.constant = std::move(value);
  step.constant.constant = true;
  steps.push_back(std::move(step));
  return steps.size() - 1;
}

Result<std::vector<std::size_t>> ProgramBuilder::add_children(const Node& node) {
  std::vector<std::size_t> args;
  for (const Node& child : node.children) {
    HAUL_TRY(arg, add(child));
    args.push_back(arg);
  }
  return args;
}

Result<std::size_t> ProgramBuilder::add_cast(const Node& node) {
  HAUL_TRY(child, add(node.children[0]));
  const SqlType from = steps[child].type;
  if (from == node.type && from.id != TypeId::kNested) return child;
  if (from.id == TypeId::kNull && is_constant(child)) return constant(null_value(node.type, 1));
  const Cast* cast = AllowList::instance().find_cast(from.id, node.type.id);
  if (cast == nullptr || (cast->input == CastInput::kConstant && !is_constant(child))) {
    return fail(refuse(
        node, fmt::format("a cast from {} to {} is not on the allow-list of expressions{}", to_string(from),
                          to_string(node.type), cast == nullptr ? "" : ", but for constants")));
  }
  Step step{
      .kind = node.try_cast ? StepKind::kTryKernel : StepKind::kKernel, .type = node.type, .args = {child}};
  step.kernel = cast->kernel;
  return place(std::move(step), node.try_cast ? "TRY_CAST" : "CAST", node);
}

Result<std::size_t> ProgramBuilder::add_function(const Node& node) {
  HAUL_TRY(args, add_children(node));
  std::vector<SqlType> types;
  std::vector<const Value*> constants;
  for (const std::size_t arg : args) {
    types.push_back(steps[arg].type);
    constants.push_back(is_constant(arg) ? &steps[arg].constant : nullptr);
  }
  const Signature* signature = AllowList::instance().find(node.name, types, node.type);
  if (signature == nullptr) return fail(refuse(node, explain_refusal(node.name, types)));
  for (std::size_t i = 0; i < args.size(); ++i) {
    if ((signature->constants >> i & 1) != 0 && constants[i] == nullptr) {
      return fail(refuse(node, fmt::format("argument {} of {} must be a constant", i + 1, node.name)));
    }
  }
  Step step{.kind = StepKind::kKernel, .type = node.type, .args = args, .kernel = signature->kernel};
  if (signature->prepare != nullptr) {
    auto prepared = signature->prepare(constants);
    if (!prepared) return fail(refuse(node, fmt::format("{}: {}", node.name, prepared.error().message)));
    step.prepared = std::move(*prepared);
  }
  return place(std::move(step), node.name, node);
}

Result<std::size_t> ProgramBuilder::add_choice(const Node& node) {
  if (node.type.id == TypeId::kNested)
    return fail(refuse(node, "a list or struct can only be tested with IS NULL"));
  if (node.kind == NodeKind::kTry) ++within_try_;
  HAUL_TRY(args, add_children(node));
  Step step{.kind = StepKind::kTry, .type = node.type, .args = args};
  std::string_view name = "TRY";
  if (node.kind == NodeKind::kTry) --within_try_;
  if (node.kind == NodeKind::kCase) {
    step.kind = StepKind::kCase;
    name = "CASE";
  } else if (node.kind == NodeKind::kCoalesce) {
    step.kind = StepKind::kCoalesce;
    name = "COALESCE";
  }
  return place(std::move(step), std::string(name), node);
}

Result<std::size_t> ProgramBuilder::place(Step step, std::string key, const Node& node) {
  const bool foldable =
      step.kind != StepKind::kColumn &&
      std::all_of(step.args.begin(), step.args.end(), [&](std::size_t i) { return is_constant(i); });
  if (foldable) return fold(std::move(step), node);
  key += fmt::format(" {} {}", to_string(step.type), fmt::join(step.args, ","));
  const auto [known, is_new] = known_.emplace(std::move(key), steps.size());
  if (is_new) steps.push_back(std::move(step));
  return known->second;
}

Result<std::size_t> ProgramBuilder::fold(Step step, const Node& node) {
  std::vector<Value> args;
  for (const std::size_t arg : step.args) args.push_back(steps[arg].constant);
  Value value = run_step(step, args, 1);
  if (value.is_failed(0) && within_try_ == 0) {
    return fail(refuse(node, fmt::format("this constant of type {} cannot be computed: every row would fail",
                                         to_string(step.type))));
  }
  return constant(std::move(value));
}

}  // namespace haul::expression
