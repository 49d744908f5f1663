#include <arrow/util/bitmap_ops.h>

#include <cstring>

#include "haul/base/check.h"
#include "program.h"
#include "row_loops.h"

namespace haul::expression {
namespace {

constexpr std::int32_t kUndecided = -1;
constexpr std::int32_t kNobody = -2;  // The row has failed: it takes no branch.

/// Per row the argument whose value it takes, or kUndecided (NULL) or kNobody (failed).
struct Choice {
  std::vector<std::int32_t> taken;
  std::shared_ptr<std::vector<std::uint8_t>> failed;

  explicit Choice(std::int64_t rows) : taken(static_cast<std::size_t>(rows), kUndecided) {}
  void fail_row(std::size_t row) {
    if (failed == nullptr)
      failed = std::make_shared<std::vector<std::uint8_t>>(taken.size(), std::uint8_t{0});
    (*failed)[row] = 1;
    taken[row] = kNobody;
  }
};

template <class Copy>
std::shared_ptr<arrow::Buffer> mark_values(const Choice& choice, std::span<const Value> args, Copy&& copy) {
  const auto rows = static_cast<std::int64_t>(choice.taken.size());
  auto validity = allocate_zeroed(arrow::bit_util::BytesForBits(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t taken = choice.taken[static_cast<std::size_t>(row)];
    const bool valid = taken >= 0 && !args[static_cast<std::size_t>(taken)].is_null(row);
    if (valid) arrow::bit_util::SetBit(validity->mutable_data(), row);
    copy(row, valid ? taken : kUndecided);
  }
  return validity;
}

Value choose_fixed(const Choice& choice, std::span<const Value> args, SqlType type) {
  const auto width = static_cast<std::size_t>(byte_width(type.id));
  auto out = allocate_zeroed(static_cast<std::int64_t>(choice.taken.size() * width));
  auto validity = mark_values(choice, args, [&](std::int64_t row, std::int32_t taken) {
    if (taken < 0) return;
    const Value& from = args[static_cast<std::size_t>(taken)];
    const std::int64_t at = from.data->offset + (from.constant ? 0 : row);
    std::memcpy(out->mutable_data() + static_cast<std::size_t>(row) * width,
                from.data->buffers[1]->data() + static_cast<std::size_t>(at) * width, width);
  });
  return RowMarks(static_cast<std::int64_t>(choice.taken.size()), std::move(validity))
      .finish(type, {std::move(out)});
}

Value choose_bits(const Choice& choice, std::span<const Value> args, SqlType type) {
  const auto rows = static_cast<std::int64_t>(choice.taken.size());
  auto out = allocate_zeroed(arrow::bit_util::BytesForBits(rows));
  auto validity = mark_values(choice, args, [&](std::int64_t row, std::int32_t taken) {
    if (taken >= 0 && Reader<bool>(args[static_cast<std::size_t>(taken)])[row]) {
      arrow::bit_util::SetBit(out->mutable_data(), row);
    }
  });
  return RowMarks(rows, std::move(validity)).finish(type, {std::move(out)});
}

Value choose_text(const Choice& choice, std::span<const Value> args, SqlType type) {
  const auto rows = static_cast<std::int64_t>(choice.taken.size());
  auto offsets = allocate(4 * (rows + 1));
  auto* ends = reinterpret_cast<std::int32_t*>(offsets->mutable_data());
  std::string text;
  ends[0] = 0;
  auto validity = mark_values(choice, args, [&](std::int64_t row, std::int32_t taken) {
    if (taken >= 0) text += Reader<std::string_view>(args[static_cast<std::size_t>(taken)])[row];
    ends[row + 1] = static_cast<std::int32_t>(text.size());
  });
  HAUL_CHECK(text.size() <= 0x7fffffff, "a batch's text fits one column");
  return RowMarks(rows, std::move(validity))
      .finish(type, {std::move(offsets), arrow::Buffer::FromString(std::move(text))});
}

/// The chosen values, with the failures of the choice and of the values taken.
Value take(Choice choice, std::span<const Value> args, SqlType type) {
  for (std::size_t row = 0; row < choice.taken.size(); ++row) {
    const std::int32_t taken = choice.taken[row];
    if (taken >= 0 && args[static_cast<std::size_t>(taken)].is_failed(static_cast<std::int64_t>(row))) {
      choice.fail_row(row);
    }
  }
  Value chosen;
  if (type.id == TypeId::kBoolean) {
    chosen = choose_bits(choice, args, type);
  } else if (type.id == TypeId::kVarchar || type.id == TypeId::kBlob) {
    chosen = choose_text(choice, args, type);
  } else {
    chosen = choose_fixed(choice, args, type);
  }
  chosen.failed = std::move(choice.failed);
  return chosen;
}

Value run_case(const Step& step, std::span<const Value> args, std::int64_t rows) {
  Choice choice(rows);
  for (std::size_t when = 0; when + 1 < args.size(); when += 2) {
    const Reader<bool> holds(args[when]);
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto at = static_cast<std::size_t>(row);
      if (choice.taken[at] != kUndecided) continue;
      if (args[when].is_failed(row)) {
        choice.fail_row(at);
      } else if (!args[when].is_null(row) && holds[row]) {
        choice.taken[at] = static_cast<std::int32_t>(when + 1);
      }
    }
  }
  for (auto& taken : choice.taken) {
    if (taken == kUndecided) taken = static_cast<std::int32_t>(args.size() - 1);
  }
  return take(std::move(choice), args, step.type);
}

Value run_coalesce(const Step& step, std::span<const Value> args, std::int64_t rows) {
  Choice choice(rows);
  for (std::size_t i = 0; i < args.size(); ++i) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto at = static_cast<std::size_t>(row);
      if (choice.taken[at] != kUndecided) continue;
      if (args[i].is_failed(row)) {
        choice.fail_row(at);
      } else if (!args[i].is_null(row)) {
        choice.taken[at] = static_cast<std::int32_t>(i);
      }
    }
  }
  return take(std::move(choice), args, step.type);
}

}  // namespace

Value null_where_failed(Value value) {
  if (value.failed == nullptr) return value;
  const std::int64_t rows = value.data->length;
  auto validity = allocate_zeroed(arrow::bit_util::BytesForBits(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    const bool holds = !value.is_null(row) && (*value.failed)[static_cast<std::size_t>(row)] == 0;
    if (holds) arrow::bit_util::SetBit(validity->mutable_data(), row);
  }
  if (value.data->offset != 0) {
    const Call copy{.type = value.type, .args = {&value, 1}, .rows = rows};
    Choice all(rows);
    for (auto& taken : all.taken) taken = 0;
    value.data = take(std::move(all), copy.args, value.type).data;
  }
  auto data = value.data->Copy();
  data->buffers[0] = std::move(validity);
  data->null_count = arrow::kUnknownNullCount;
  return {value.type, std::move(data), value.constant, nullptr};
}

Value run_step(const Step& step, std::span<const Value> args, std::int64_t rows) {
  if (step.kind == StepKind::kCase) return run_case(step, args, rows);
  if (step.kind == StepKind::kCoalesce) return run_coalesce(step, args, rows);
  if (step.kind == StepKind::kTry) return null_where_failed(args[0]);

  FailedRows before;
  for (const Value& arg : args)
    before = join_failures(before, false, arg.failed, arg.constant && rows != 1, rows);
  Value result = step.kernel({step.type, args, rows, step.prepared.get()});
  if (step.kind == StepKind::kTryKernel) result = null_where_failed(std::move(result));
  result.failed = join_failures(before, false, result.failed, false, rows);
  return result;
}

}  // namespace haul::expression
