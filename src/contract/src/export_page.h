#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "export_view.h"

// A contract as a page for people, before it is Markdown or HTML: plain text, nothing escaped.
namespace haul::contract {

/// One rule as people read it.
struct PageRule {
  std::string id;
  std::string says;  ///< A sentence, or nothing: then `sql` says it.
  std::string sql;   ///< With its bound, for a rule about the set.
  std::string_view severity;
};

struct PageColumn {
  std::string name;
  std::string type;
  std::vector<std::string_view> marks;  ///< "key", "required", "unique", "personal", "partition".
  std::string description;
  std::vector<PageRule> rules;  ///< All but `required`, which is a mark.
};

struct PageObject {
  std::string name;
  std::string description;
  std::vector<PageColumn> columns;
  std::vector<PageRule> rules;  ///< About several columns, or about the set of rows.
};

struct Page {
  std::string title;
  std::string purpose;
  std::vector<std::pair<std::string_view, std::string>> facts;  ///< "Version" and "1.2.0"; none empty.
  std::vector<PageObject> objects;
  std::vector<ServiceLevel> service_levels;
  std::vector<std::pair<std::string, std::string>> not_enforced;  ///< The clause and the reason.
};

[[nodiscard]] Page page_of(const ExportView& view);

/// "freshness: 5 minutes (scans.scanned_at)" without its property.
[[nodiscard]] std::string amount_text(const ServiceLevel& level);

}  // namespace haul::contract
