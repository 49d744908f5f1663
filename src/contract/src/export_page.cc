#include "export_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/sql_words.h"
#include "shape.h"

namespace haul::contract {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

PageRule page_rule(const RowRule& rule) {
  return {.id = rule.id, .says = rule.description, .sql = rule.sql, .severity = to_string(rule.severity)};
}

PageRule page_rule(const SetRule& rule, const Object& object) {
  return {.id = rule.id,
          .says = rule.description,
          .sql = statement_of(rule, object),
          .severity = to_string(rule.severity)};
}

PageColumn page_column(const ColumnView& view, const Object& object) {
  const columnar::Column& column = *view.column;
  const std::string not_null = quoted_name(column.name) + " IS NOT NULL";
  PageColumn page{.name = column.name,
                  .type = sql_type(*column.type),
                  .marks = {},
                  .description = view.description,
                  .rules = {}};
  if (holds(object.primary_key, column.name)) page.marks.emplace_back("key");
  if (view.is_required()) page.marks.emplace_back("required");
  if (view.is_unique && !holds(object.primary_key, column.name)) page.marks.emplace_back("unique");
  if (holds(object.partitioned_by, column.name)) page.marks.emplace_back("partition");
  if (column.privacy == columnar::Privacy::kPersonal) page.marks.emplace_back("personal");
  for (const RowRule* rule : view.rules) {
    if (view.is_required() && rule->sql == not_null) continue;  // a mark
    page.rules.push_back(page_rule(*rule));
    std::string& says = page.rules.back().says;
    if (says.starts_with(column.name + " ")) says.erase(0, column.name.size() + 1);  // it stands in its row
  }
  return page;
}

}  // namespace

Page page_of(const ExportView& view) {
  const Contract& contract = *view.contract;
  Page page{.title = contract.name.empty() ? contract.id : contract.name,
            .purpose = contract.description,
            .facts = {},
            .objects = {},
            .service_levels = contract.service_levels,
            .not_enforced = {}};
  const auto add_fact = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) page.facts.emplace_back(label, value);
  };
  add_fact("Version", contract.version);
  add_fact("Status", contract.status);
  add_fact("Domain", contract.domain);
  add_fact("Owner", contract.owner);
  add_fact("Id", contract.id);
  if (const auto description = view.root.find("description")) {
    add_fact("Usage", text_at(*description, "usage").value_or(""));
    add_fact("Limitations", text_at(*description, "limitations").value_or(""));
  }
  for (const ObjectView& object : view.objects) {
    PageObject shown{
        .name = object.object->name, .description = object.description, .columns = {}, .rules = {}};
    for (const ColumnView& column : object.columns)
      shown.columns.push_back(page_column(column, *object.object));
    for (const RowRule* rule : object.row_rules) shown.rules.push_back(page_rule(*rule));
    for (const SetRule& rule : object.object->set_rules)
      shown.rules.push_back(page_rule(rule, *object.object));
    page.objects.push_back(std::move(shown));
  }
  for (const NotEnforced& clause : contract.not_enforced)
    page.not_enforced.emplace_back(clause.clause, clause.reason);
  return page;
}

std::string amount_text(const ServiceLevel& level) {
  return fmt::format("{}{}{}{}", level.value, level.unit.empty() ? "" : " " + level.unit,
                     level.element.empty() ? "" : ", ", level.element);
}

}  // namespace haul::contract
