#include "edi_format.h"

#include <fmt/format.h>

#include "text_values.h"

namespace haul::ingest {

Result<const edi::MessageSpec*> message_of(const FormatOptions& options) {
  const edi::Standard standard = standard_of(options.format).value();
  const edi::MessageSpec* const message = edi::find_message(standard, options.message);
  if (message != nullptr) return message;
  return fail(ErrorCode::kInvalidInput, fmt::format("Haul does not decode the {} message {}",
                                                    edi::to_string(standard), quoted_value(options.message)));
}

}  // namespace haul::ingest
