#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/yaml.h"
#include "haul/contract/contract.h"

namespace haul::contract {

/// What a change asks of the version number: the third, the second or the first of its three numbers.
enum class Impact : std::uint8_t { kPatch, kMinor, kBreaking };

/// Who has to do something about a change.
enum class Affected : std::uint8_t { kNobody, kProducers, kConsumers, kEveryone };

/// A kind of change: what happened, how grave it is, and for whom. docs/contracts.md shows the whole table.
struct ChangeRule {
  std::string_view
      id;  ///< "COLUMN_NO_DELETE": never renamed. What breaks is named after what it must not do.
  Impact impact = Impact::kPatch;
  Affected affected = Affected::kNobody;
  std::string_view says;  ///< What happened, in a few words.
};
[[nodiscard]] std::span<const ChangeRule> change_rules();
/// The rule of this id; there must be one.
[[nodiscard]] const ChangeRule& change_rule(std::string_view id);

/// What the example rows of a change show.
enum class ExampleShows : std::uint8_t {
  kNothing,   ///< There is no example: the change is not about values.
  kRefused,   ///< One row: the old contract takes it, the new one refuses it.
  kAccepted,  ///< One row: the old contract refuses it, the new one takes it; consumers have not seen its
              ///< like.
  kMissed,    ///< One row of the old contract: the new one has no place for one of its values.
  kTogether,  ///< Two rows: each is fine by itself, and the two contracts judge the pair differently.
};

/// The rows of one example, each a JSON object of all columns that are not null.
using ExampleRows = std::vector<std::string>;

/// One difference between two versions of a contract.
struct Change {
  const ChangeRule* rule = nullptr;  ///< One of change_rules(); never null.
  std::string object = {};           ///< Empty: about the contract as a whole.
  std::string column =
      {};                ///< As the new file calls it, unless it is gone; empty: about the object as a whole.
  std::string was = {};  ///< The column's old name, where it has another now.
  std::string message = {};  ///< One sentence; after a semicolon, what would avoid the break.
  SourcePlace place;         ///< In the new file; in the old one for what is gone.
  ExampleShows shows = ExampleShows::kNothing;
  /// Examples made from the columns and rules that stand in the two files, the likeliest first. Conditions in
  /// SQL are not looked at here: ingest::confirm_examples() keeps what both contracts really judge so.
  std::vector<ExampleRows> examples = {};
};

/// One version of a contract: its values, and the file's text for what they do not keep. Immutable; a cheap
/// copy; thread-safe.
class Version {
 public:
  /// Errors as parse_contract().
  static Result<Version> parse(std::string_view yaml, std::string file);

  [[nodiscard]] const Contract& contract() const { return *contract_; }
  [[nodiscard]] const YamlNode& root() const { return root_; }

 private:
  Version(std::shared_ptr<const Contract> contract, YamlNode root)
      : contract_(std::move(contract)), root_(std::move(root)) {}

  std::shared_ptr<const Contract> contract_;  // shared: copies are cheap
  YamlNode root_;
};

/// Every difference between two versions, in the order of the new file, what is gone last; empty for equal
/// meaning. Objects, columns and rules are paired by id, else by name, else by what they say, else by
/// position. Pure; takes microseconds a column.
[[nodiscard]] std::vector<Change> compare(const Version& before, const Version& after);

/// The gravest of the changes; kPatch for none.
[[nodiscard]] Impact impact_of(const std::vector<Change>& changes);

/// What the version numbers say: which of the three grew first. Nothing grew, or a smaller number: nothing.
[[nodiscard]] std::optional<Impact> bump_between(std::string_view before, std::string_view after);

/// The least version that a change of this impact may have: next_version("1.4.2", kBreaking) is "2.0.0".
[[nodiscard]] std::string next_version(std::string_view before, Impact impact);

/// "patch", "minor", "breaking"; "nobody", "producers", "consumers", "producers and consumers".
[[nodiscard]] std::string_view to_string(Impact impact);
[[nodiscard]] std::string_view to_string(Affected affected);
/// "refused", "accepted", "missed", "together"; nothing for kNothing.
[[nodiscard]] std::string_view to_string(ExampleShows shows);

}  // namespace haul::contract
