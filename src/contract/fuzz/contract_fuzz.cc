#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/check.h"
#include "haul/contract/contract.h"
#include "haul/contract/export.h"

namespace haul::contract {
namespace {

/// Each line of a refusal says where: "f.yaml:12:5: ...".
void check_places(std::string_view message) {
  constexpr std::string_view kFile = "f.yaml:";
  while (!message.empty()) {
    const std::string_view line = message.substr(0, message.find('\n'));
    const bool has_place = line.starts_with(kFile) && line.size() > kFile.size() &&
                           std::isdigit(static_cast<unsigned char>(line[kFile.size()])) != 0;
    HAUL_CHECK(has_place, "a problem of a contract has its place");
    message.remove_prefix(std::min(line.size() + 1, message.size()));
  }
}

/// What the reader takes, every format can write; Avro alone may refuse names.
void read_and_export(std::string_view yaml) {
  const auto contract = parse_contract(yaml, "f.yaml");
  if (!contract) return check_places(contract.error().message);
  for (const ExportFormat format : {ExportFormat::kJsonSchema, ExportFormat::kAvro, ExportFormat::kSql,
                                    ExportFormat::kMarkdown, ExportFormat::kHtml}) {
    const auto text = export_contract(yaml, "f.yaml", format);
    HAUL_CHECK(text || format == ExportFormat::kAvro, "a contract that is read can be written");
    HAUL_CHECK(!text || text->ends_with('\n'), "an export is whole lines");
  }
}

}  // namespace
}  // namespace haul::contract

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  haul::contract::read_and_export({reinterpret_cast<const char*>(data), size});
  return 0;
}
