#include "haul/edi/acknowledgement.h"

#include "ack_standards.h"

namespace haul::edi {

std::string acknowledge(const InterchangeReport& interchange, const AckIds& ids, Micros at) {
  return interchange.syntax.standard == Standard::kX12 ? acknowledge_x12(interchange, ids, at)
                                                       : acknowledge_edifact(interchange, ids, at);
}

}  // namespace haul::edi
