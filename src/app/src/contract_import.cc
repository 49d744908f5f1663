#include "contract_import.h"

#include <fmt/format.h>

#include "console.h"
#include "haul/ingest/validator.h"

namespace haul::app {
namespace {

/// What a source with the contract would put into quarantine.
struct Refused {
  std::uint64_t rows = 0;
  std::string first_reason = {};

  void note(const std::vector<ingest::RejectedRow>& rejected) {
    if (first_reason.empty() && !rejected.empty()) first_reason = ": " + rejected.front().reason;
  }
};

Result<Refused> count_refused(ingest::RowSplitter& splitter, const contract::Object& object,
                              const expression::SqlParser& parser) {
  HAUL_TRY(decoder, ingest::Decoder::make(splitter.row_format(), object.schema, splitter.header()));
  HAUL_TRY(validator, ingest::Validator::make(object, parser));
  Refused refused;
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter.next());
    HAUL_TRY(decoded, decoder->decode(rows.view()));
    refused.note(decoded.rejected);
    HAUL_TRY(validated, validator->validate(std::move(decoded)));
    refused.note(validated.rejected);
    refused.rows += rows.view().size() - validated.row_of.size() + rows.too_long.size();
    last = rows.last;
  }
  return refused;
}

}  // namespace

Result<Draft> make_draft(const contract::Evidence& evidence, const std::string& name,
                         const std::string& output) {
  std::string yaml = contract::draft_contract(evidence, name);
  HAUL_TRY(contract, contract::parse_contract(yaml, output.empty() ? "draft" : output));
  return Draft{std::move(yaml), std::move(contract)};
}

Result<void> tell_refused(ingest::RowSplitter& rows, const Draft& draft,
                          const expression::SqlParser& parser) {
  HAUL_TRY(object, contract::single_object(draft.contract));
  HAUL_TRY(refused, count_refused(rows, *object, parser));
  fmt::print(stderr, "{} of its rows break the draft{}\n", refused.rows, refused.first_reason);
  return {};
}

Result<void> write_draft(FileSystem& files, const Draft& draft, const std::string& output) {
  if (output.empty()) return standard_output().append(as_bytes(draft.yaml));
  if (files.info(output)) {
    return fail(ErrorCode::kConflict,
                fmt::format("{} is there already; name another file with -o, or remove it", output));
  }
  return write_file_atomically(files, output, draft.yaml);
}

}  // namespace haul::app
