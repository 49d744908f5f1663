#pragma once

#include <optional>

#include "haul/base/result.h"
#include "haul/edi/message.h"
#include "haul/edi/syntax.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// The standard of a format of interchanges; none for the others.
[[nodiscard]] inline std::optional<edi::Standard> standard_of(Format format) {
  if (format == Format::kX12) return edi::Standard::kX12;
  if (format == Format::kEdifact) return edi::Standard::kEdifact;
  return std::nullopt;
}

/// The message that a source of interchanges names. kInvalidInput: Haul does not decode it.
Result<const edi::MessageSpec*> message_of(const FormatOptions& options);

}  // namespace haul::ingest
