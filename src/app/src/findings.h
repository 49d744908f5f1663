#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report.h"

namespace haul::app {

/// How much a finding of `haul check` weighs: an error fails it, a warning ends it with exit code 3, the rest
/// says what is so.
enum class Weight : std::uint8_t { kError, kWarning, kNotEnforced, kChange };

/// What a finding is about beyond its place: the columns that `haul check --against` adds.
struct FindingDetails {
  std::string rule = {};
  std::string impact = {};
  std::string contract = {};
  std::string used_by = {};
  std::string example_shows = {};
  std::string example = {};
};

/// A change for people to read: impact, rule and place, then a line each for what happened, an example, and
/// who uses what changed.
[[nodiscard]] std::string change_text(std::string_view place, std::string_view message,
                                      const FindingDetails& details);

/// Everything a check found.
class Findings {
 public:
  /// One finding a line of `message`, each "file:line:column: message" or without a place.
  void add(Weight weight, std::string_view message, const FindingDetails& details = {});

  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t warnings() const { return warnings_; }
  [[nodiscard]] bool empty() const { return findings_.empty(); }

  enum class Columns : std::uint8_t { kPlain, kWithDetails };
  /// With details: everything. Without: all but the changes.
  [[nodiscard]] Report report(Columns columns) const;
  /// The changes for people to read.
  [[nodiscard]] std::string changes_text() const;

 private:
  struct Finding {
    Weight weight;
    std::string place;
    std::string message;
    FindingDetails details;
  };
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace haul::app
