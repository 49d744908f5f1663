#include "haul/contract/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "export_view.h"
#include "haul/base/check.h"
#include "problems.h"

namespace haul::contract {

Result<ExportFormat> export_format_named(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames{"jsonschema", "avro", "sql", "markdown", "html"};
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<ExportFormat>(found - kNames.begin());
  return fail(ErrorCode::kInvalidInput,
              fmt::format("a contract is not exported as `{}`{}", name, advise(name, kNames)));
}

Result<std::string> export_contract(std::string_view yaml, std::string file, ExportFormat format) {
  HAUL_TRY(contract, parse_contract(yaml, file));
  HAUL_TRY(root, YamlNode::parse(yaml, std::move(file)));
  const ExportView view = view_of(contract, root);
  switch (format) {
    case ExportFormat::kJsonSchema:
      return to_json_schema(view);
    case ExportFormat::kAvro:
      return to_avro(view);
    case ExportFormat::kSql:
      return to_sql(view);
    case ExportFormat::kMarkdown:
      return to_markdown(view);
    case ExportFormat::kHtml:
      return to_html(view);
  }
  HAUL_CHECK(false, "every format is written");
}

}  // namespace haul::contract
