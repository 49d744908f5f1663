#pragma once

#include <simdjson.h>

#include <string>

namespace haul::ingest {

/// The id of an event that has none: urn:haul:epcis:sha-256:HEX, of the event's canonical JSON. That is: no
/// blanks; members of objects ascending by name; elements of arrays ascending by their canonical text (EPCIS
/// lists are sets); strings decoded and written again; numbers by value; without the event's own eventID,
/// recordTime, errorDeclaration and @context, so that a correction has the id of what it corrects.
[[nodiscard]] std::string epcis_event_id(simdjson::dom::object event);

}  // namespace haul::ingest
