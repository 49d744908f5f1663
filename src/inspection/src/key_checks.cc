#include "key_checks.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/base/check.h"
#include "haul/contract/set_rule.h"
#include "references.h"

namespace haul::inspection {
namespace {

using Kind = contract::SetRule::Kind;

/// The columns of a referenced key, with the types of the columns that refer to them.
Result<columnar::Schema> reference_schema(const contract::SetRule& rule, const contract::Object& object) {
  columnar::Schema schema;
  const std::vector<std::string> names = contract::reference_columns(rule);
  HAUL_CHECK(names.size() == rule.columns.size(), "a relationship refers to as many columns as it has");
  for (std::size_t i = 0; i < rule.columns.size(); ++i) {
    const auto column = object.schema.find(rule.columns[i]);
    HAUL_CHECK(column.has_value(), "a relationship starts at a column of its object");
    schema.columns.push_back({.name = names[i],
                              .type = object.schema.columns[*column].type,
                              .presence = columnar::Presence::kRequired});
  }
  return schema;
}

Result<void> add_reference(const CheckContext& context, const FileCheck& check,
                           const ReferenceFile& reference, const contract::Object& object, KeyCheck& one) {
  HAUL_TRY(schema, reference_schema(*one.rule, object));
  const std::vector<std::string> names = contract::reference_columns(*one.rule);
  ingest::GivenKeys keys;
  return read_reference(context.files, {reference.file, schema, check.threads},
                        [&](const arrow::RecordBatch& rows) -> Result<void> {
                          HAUL_TRY_VOID(ingest::given_keys(rows, names, keys));
                          return one.index->add_known(keys.identities);
                        });
}

/// Rows of one key may differ in their version: the newer takes the place of the older one when they land.
std::vector<std::string> versions_beside(const contract::SetRule& rule, const contract::Object& object) {
  const std::string& version = object.version_column;
  const bool is_part = std::find(rule.columns.begin(), rule.columns.end(), version) != rule.columns.end();
  if (rule.kind != Kind::kUnique || version.empty() || is_part) return {};
  return {version};
}

std::unique_ptr<ingest::KeyLedger> new_index(const CheckContext& context, const FileCheck& check,
                                             ingest::KeyRule rule, std::size_t number,
                                             std::uint64_t memory_bytes) {
  return std::make_unique<ingest::KeyLedger>(
      context.files, rule,
      ingest::KeyLedgerOptions{
          .folder = check.work, .name = fmt::format("rule-{}", number), .memory_bytes = memory_bytes});
}

}  // namespace

bool KeyChecks::takes(const contract::SetRule& rule) {
  return rule.kind == Kind::kUnique || rule.kind == Kind::kReferential;
}

Result<KeyChecks> KeyChecks::open(const CheckContext& context, const FileCheck& check,
                                  const contract::Object& object) {
  KeyChecks keys;
  for (const contract::SetRule& rule : object.set_rules) {
    if (takes(rule)) keys.checks_.push_back({.rule = &rule, .beside = versions_beside(rule, object)});
  }
  HAUL_TRY_VOID(keys.open_references(context, check, object));
  keys.open_unique(context, check);
  return keys;
}

Result<void> KeyChecks::open_references(const CheckContext& context, const FileCheck& check,
                                        const contract::Object& object) {
  const std::uint64_t share = check.memory_bytes / std::max<std::size_t>(checks_.size(), 1);
  for (std::size_t number = 0; number < checks_.size(); ++number) {
    KeyCheck& one = checks_[number];
    if (one.rule->kind != Kind::kReferential) continue;
    const ReferenceFile* reference = find_reference(check, one.rule->references);
    if (reference == nullptr) {
      one.why_not_run = fmt::format("the rows of {0} are not here; give them with --reference {0}=FILE",
                                    one.rule->references);
      continue;
    }
    one.index = new_index(context, check, ingest::KeyRule::kReferenced, number, share);
    HAUL_TRY_VOID(add_reference(context, check, *reference, object, one));
  }
  return {};
}

/// Referenced keys stay as they are from here on: unique ones share what is left.
void KeyChecks::open_unique(const CheckContext& context, const FileCheck& check) {
  std::uint64_t left = check.memory_bytes;
  std::size_t sharing = 0;
  for (const KeyCheck& one : checks_) {
    if (one.index != nullptr) left -= std::min(left, one.index->memory_bytes());
    if (one.rule->kind == Kind::kUnique) ++sharing;
  }
  for (std::size_t number = 0; number < checks_.size(); ++number) {
    if (checks_[number].rule->kind != Kind::kUnique) continue;
    checks_[number].index = new_index(context, check, ingest::KeyRule::kUnique, number, left / sharing);
  }
}

Result<void> KeyChecks::identities(const arrow::RecordBatch& rows,
                                   std::vector<ingest::GivenKeys>& keys) const {
  keys.resize(checks_.size());
  for (std::size_t number = 0; number < checks_.size(); ++number) {
    if (checks_[number].index == nullptr) continue;
    HAUL_TRY_VOID(
        ingest::given_keys(rows, checks_[number].rule->columns, keys[number], checks_[number].beside));
  }
  return {};
}

Result<void> KeyChecks::check(std::uint64_t first_row, const std::vector<std::uint32_t>& row_of,
                              const std::vector<ingest::GivenKeys>& keys, std::vector<KeyBreak>& breaks) {
  for (std::size_t number = 0; number < checks_.size(); ++number) {
    KeyCheck& one = checks_[number];
    if (one.index == nullptr) continue;
    const std::vector<std::uint32_t>& rows = keys[number].rows;
    if (finished_) {
      for (const std::uint32_t row : rows) {
        if (one.broken.contains(first_row + row_of[row])) breaks.push_back({number, row});
      }
      continue;
    }
    one.checked += row_of.size();
    row_numbers_.clear();
    for (const std::uint32_t row : rows) row_numbers_.push_back(first_row + row_of[row]);
    broken_.clear();
    HAUL_TRY_VOID(one.index->check(keys[number].identities, row_numbers_, broken_));
    std::size_t at = 0;  // both ascend
    for (const std::uint64_t broken : broken_) {
      one.broken.insert(broken);
      while (row_numbers_[at] != broken) ++at;
      breaks.push_back({number, rows[at]});
    }
  }
  return {};
}

Result<bool> KeyChecks::finish() {
  if (finished_) return false;
  bool found_more = false;
  for (KeyCheck& one : checks_) {
    if (one.index == nullptr) continue;
    const std::uint64_t known = one.broken.size();
    HAUL_TRY_VOID(one.index->finish(one.broken));
    found_more = found_more || one.broken.size() > known;
    spilled_bytes_ += one.index->spilled_bytes();
  }
  finished_ = true;
  return found_more;
}

}  // namespace haul::inspection
