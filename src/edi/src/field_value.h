#pragma once

#include <string>
#include <vector>

#include "field.h"
#include "haul/edi/event.h"

namespace haul::edi {

/// A segment of a row and where it stands.
struct PlacedSegment {
  Segment segment;
  std::string_view party = {};  ///< X12: code of the N1 it belongs to.
  bool is_in_heading = false;   ///< Before every loop.
  bool is_in_loop = false;      ///< In the inner loop or behind it.
  bool was_read = false;
};

/// Whether `field` may be read from a segment, and how good its qualifier is: 0 is best, -1 none.
[[nodiscard]] int rank_of(const Field& field, const PlacedSegment& placed);

/// The value of a field that is not a list, from a segment that rank_of() allows.
[[nodiscard]] FieldValue value_of(const Field& field, const Segment& segment, const Syntax& syntax);

/// Appends the segment's object to the JSON list of a field that is one.
void append_listed(const Field& field, const Segment& segment, const Syntax& syntax, std::string& json);

/// Appends a segment as a JSON list of its tag and elements.
void append_segment(const Segment& segment, const Syntax& syntax, std::string& json);

}  // namespace haul::edi
