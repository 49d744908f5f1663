#pragma once

#include <optional>
#include <string>
#include <vector>

#include "haul/base/time.h"
#include "haul/contract/compatibility.h"

namespace haul::contract {

/// Which values of a service level promise more: a short freshness, a long retention.
enum class Better : std::uint8_t { kUnknown, kLess, kMore };
[[nodiscard]] Better better_of(std::string_view property);

/// A number with its unit, comparable with others of the same property: seconds for lengths of time ("5
/// minutes", "1 d"), the number itself where there is no unit of time. Nothing where the value is no number.
/// The unit `m` is minutes, and months for retention, as in the standard's own examples.
[[nodiscard]] std::optional<double> amount_of(const ServiceLevel& level);

/// A date on which a contract, or one of its columns, ends.
struct EndDate {
  bool is_life = false;  ///< endOfLife: nothing may use it any more. Else endOfSupport: nobody repairs it.
  Micros at{};           ///< The first moment after, UTC since 1970.
  std::string element;   ///< "object.column", or empty for the whole contract.
  SourcePlace place;
};
/// endOfSupport and endOfLife of `slaProperties`, in the order of the file; values that are no date are left
/// out.
[[nodiscard]] std::vector<EndDate> end_dates(const Version& version);

}  // namespace haul::contract
