#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/contract/compatibility.h"

// The table of edits that compare() has to judge, src/contract/test/data/changes.txt; tests run at the top of
// the source tree. What is wrong with the table is a failed check.
namespace haul::contract::testing {

/// A text that stands once in the contract, and what takes its place.
struct Edit {
  std::string taken;
  std::string put;
};

/// One case of the table.
struct ChangeCase {
  int line = 0;  ///< Where it begins in changes.txt.
  std::vector<Edit> edits = {};
  std::vector<std::string> found = {};  ///< "RULE impact version" of each change.
  std::string example = {};             ///< A part of the first example; empty: any, or none.
};

/// The contract before the edits, version 1.4.2.
[[nodiscard]] const std::string& parcels_yaml();
[[nodiscard]] const std::vector<ChangeCase>& change_cases();

/// The contract after the edits of a case.
[[nodiscard]] std::string edited(const ChangeCase& each);

/// The contract as compare() takes it; it must be a valid one.
[[nodiscard]] Version version_of(std::string_view yaml);

}  // namespace haul::contract::testing
