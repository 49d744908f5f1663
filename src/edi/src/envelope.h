#pragma once

#include <cstdint>
#include <string_view>

#include "haul/edi/syntax.h"

namespace haul::edi {

/// A pair of service segments. In every trailer element 1 counts and element 2 repeats the control number.
struct LevelTags {
  std::string_view header;
  std::string_view trailer;
  std::uint16_t control;  ///< The header's element with the control number.
};

inline constexpr std::uint16_t kCountElement = 1;
inline constexpr std::uint16_t kReferenceElement = 2;

struct EnvelopeTags {
  LevelTags interchange;
  LevelTags group;
  LevelTags transaction;
};

[[nodiscard]] constexpr EnvelopeTags envelope_tags(Standard standard) {
  if (standard == Standard::kX12) return {{"ISA", "IEA", 13}, {"GS", "GE", 6}, {"ST", "SE", 2}};
  return {{"UNB", "UNZ", 5}, {"UNG", "UNE", 5}, {"UNH", "UNT", 1}};
}

/// The kind of a transaction by its header: ST01, or the first component of UNH's second element.
[[nodiscard]] inline std::string_view type_of(const Segment& header, Standard standard) {
  return standard == Standard::kX12 ? header.element(1) : header.component(2, 1);
}

}  // namespace haul::edi
