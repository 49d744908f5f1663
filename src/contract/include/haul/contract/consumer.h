#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/time.h"
#include "haul/contract/compatibility.h"

namespace haul::contract {

/// What a consumer relies on in one column.
struct ExpectedColumn {
  std::string name;
  std::string type = {};  ///< A logicalType of the standard; empty: any.
  bool required = false;  ///< Every row has a value.
  std::vector<std::string>
      values;  ///< As JSON. The values it can handle: the contract lists these, or fewer.
  SourcePlace place;
};

/// A rule that rows must keep, by its id, and where the consumer names it.
struct ExpectedRule {
  std::string id;
  SourcePlace place;
};

/// contracts/consumers/NAME.yaml: what somebody who reads a dataset relies on. A plain value.
struct Consumer {
  std::string name;
  std::string owner;
  std::string contract;
  std::string object;  ///< Empty: the contract has one.
  std::vector<ExpectedColumn> columns;
  std::vector<ExpectedRule> rules;
  std::optional<Micros> freshness;
  SourcePlace contract_place;
  SourcePlace freshness_place;
  std::string file;

  /// Whether a change of its contract is about a column that it names, or about all of them.
  [[nodiscard]] bool relies_on(const Change& change) const;
};

/// kInvalidInput: the first thing that is wrong with the file, with its place and what to write.
Result<Consumer> parse_consumer(std::string_view yaml, std::string file);

/// What the consumer relies on and the contract does not promise; empty where it promises all. Each message
/// begins with the place in the consumer's file, and names the consumer and its owner.
[[nodiscard]] std::vector<Error> unmet_expectations(const Consumer& consumer, const Version& version);

}  // namespace haul::contract
