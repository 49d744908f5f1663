#pragma once

#include <string>

#include "haul/edi/acknowledgement.h"

namespace haul::edi {

/// acknowledge() for X12 and for EDIFACT.
[[nodiscard]] std::string acknowledge_x12(const InterchangeReport& interchange, const AckIds& ids, Micros at);
[[nodiscard]] std::string acknowledge_edifact(const InterchangeReport& interchange, const AckIds& ids,
                                              Micros at);

}  // namespace haul::edi
