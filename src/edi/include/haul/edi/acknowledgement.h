#pragma once

#include <string>

#include "haul/base/time.h"
#include "haul/edi/interchange.h"

namespace haul::edi {

/// What an acknowledgement says of itself.
struct AckIds {
  std::string control;  ///< Its own control number: 9 digits for X12, up to 14 characters for EDIFACT.
};

/// The answer to an interchange, in its own service characters and addressed to its sender; empty where it
/// holds nothing that is acknowledged (only 997s or CONTRLs).
///
/// X12: an interchange with one FA group and one 997 for each functional group (its GS06 is that of the group
/// it answers), each transaction in an AK2 loop; a TA1 before them where ISA14 asks for one or where the ISA
/// or IEA is at fault. EDIFACT: one CONTRL that names the messages with problems;
/// the interchange itself is acknowledged (action 7), its faults beside it, because its sound messages land.
/// `at` is UTC.
[[nodiscard]] std::string acknowledge(const InterchangeReport& interchange, const AckIds& ids, Micros at);

}  // namespace haul::edi
