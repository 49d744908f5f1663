#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "haul/edi/syntax.h"

namespace haul::edi {

/// Something that a transaction must have for its acknowledgement to be clean.
struct Requirement {
  enum class Need : std::uint8_t { kSegment, kElement, kDate, kTime, kNumber, kDateTimePeriod };
  Need need = Need::kSegment;
  std::string_view tag;
  std::uint16_t element = 0;
  std::uint16_t component = 0;
};

/// How a transaction falls into events. Segments before the first loop, and from `summary` on, belong to
/// every event; those of an outer loop outside its inner loops to every event of that loop.
struct Loops {
  std::string_view outer = {};  ///< "LX", "CNI"; empty: there are only inner loops.
  std::string_view inner = {};  ///< "AT7", "S5", "STS"; empty: the transaction is one event.
  std::span<const std::string_view> members = {};  ///< Of an inner loop; empty: all that follow.
  std::string_view summary = {};                   ///< The first segment behind the loops; may be empty.
};

/// A kind of transaction set or message that Haul decodes.
struct MessageSpec {
  Standard standard;
  std::string_view type;  ///< "214", "IFTSTA".
  Loops loops;
  std::span<const Requirement> requirements;
};

/// nullptr: Haul does not decode that kind.
[[nodiscard]] const MessageSpec* find_message(Standard standard, std::string_view type);
/// What find_message() finds, for messages and documentation.
[[nodiscard]] std::vector<std::string_view> message_types(Standard standard);

}  // namespace haul::edi
