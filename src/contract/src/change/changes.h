#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/contract/compatibility.h"

namespace haul::contract {

/// What a change is about, and the rows that show it.
struct Finding {
  std::string object = {};
  std::string column = {};
  std::string was = {};
  std::string message;
  SourcePlace place;
  ExampleShows shows = ExampleShows::kNothing;
  std::vector<ExampleRows> examples = {};
};

/// The changes found so far.
class Changes {
 public:
  /// `rule` is the id of one of change_rules().
  void add(std::string_view rule, Finding finding);

  [[nodiscard]] std::size_t size() const { return changes_.size(); }
  [[nodiscard]] std::vector<Change> take() { return std::move(changes_); }

 private:
  std::vector<Change> changes_;
};

/// Each row as an example of its own.
[[nodiscard]] std::vector<ExampleRows> one_by_one(std::vector<std::string> rows);

}  // namespace haul::contract
