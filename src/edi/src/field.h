#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "haul/edi/message.h"

namespace haul::edi {

/// Where a field is read, and how. Several with one name are tried in their order.
struct Field {
  enum class Kind : std::uint8_t {
    kText,
    kNumber,      ///< Also with a decimal comma.
    kAmount,      ///< X12 type N2: the last two digits are behind the point, unless there is one.
    kDateTime,    ///< X12: a date, and a time and time code in elements of their own.
    kPeriod,      ///< EDIFACT C507: component `component` with the format in component 3.
    kUnbTime,     ///< EDIFACT S004.
    kDegrees,     ///< X12 DDDMMSS with its direction in `time_element`.
    kReferences,  ///< All of them, as JSON: [{"qualifier": ..., "value": ...}].
    kCharges,     ///< X12 L1, all of them, as JSON.
  };
  enum class Where : std::uint8_t { kAnywhere, kHeading, kLoop };

  std::string_view name;
  Kind kind = Kind::kText;
  std::string_view tag;
  std::uint16_t element = 1;
  std::uint16_t component = 0;  ///< From 1; 0: the whole element.
  std::uint16_t time_element = 0;
  std::uint16_t code_element = 0;
  std::uint16_t qualifier_element = 0;
  std::uint16_t qualifier_component = 0;
  std::string_view qualifiers = {};  ///< Divided by blanks, the best first; empty: any.
  std::string_view party = {};       ///< X12: only within the N1 with such a code.
  Where where = Where::kAnywhere;

  /// Only where element `at` (or its component) is one of `codes`.
  [[nodiscard]] constexpr Field when(std::uint16_t at, std::string_view codes, std::uint16_t part = 0) const {
    Field field = *this;
    field.qualifier_element = at;
    field.qualifier_component = part;
    field.qualifiers = codes;
    return field;
  }
  [[nodiscard]] constexpr Field of(std::string_view code) const {
    Field field = *this;
    field.party = code;
    return field;
  }
  [[nodiscard]] constexpr Field in(Where place) const {
    Field field = *this;
    field.where = place;
    return field;
  }
};

/// All fields of a message, those of its envelope first.
[[nodiscard]] std::vector<Field> field_table(const MessageSpec& message);

/// The table's parts: src/fields_x12.cc, src/fields_edifact.cc.
[[nodiscard]] std::span<const Field> x12_envelope_fields();
[[nodiscard]] std::span<const Field> x12_fields(std::string_view type);
[[nodiscard]] std::span<const Field> edifact_envelope_fields();
[[nodiscard]] std::span<const Field> iftsta_fields();

}  // namespace haul::edi
