#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haul::contract {

/// One entry of logicalTypeOptions that a database stands for.
struct DeclaredOption {
  std::string key;    ///< "minimum".
  std::string value;  ///< As YAML: "0", "'2013-01-31'".
  std::string by;     ///< "CHECK weight_is_positive".
};

/// What a database declares about a column: it holds in every row, seen or not.
struct ColumnDeclaration {
  std::string type;                ///< In the database's words: "character varying(20) NOT NULL".
  std::string source_name = {};    ///< Its name there, where no table of ours can have it.
  std::string physical_type = {};  ///< More than its type says: "VARCHAR(20)".
  std::string description = {};
  bool is_required = false;
  bool is_unique = false;
  int key_position = 0;  ///< In the primary key, from 1; 0: not in it.
  std::vector<DeclaredOption> options = {};
  std::vector<std::string> values = {};  ///< The only ones it takes; empty: any.
  std::string values_by = {};            ///< "TYPE scan_code".
  std::vector<std::string> notes = {};   ///< What became of what a contract cannot hold.
};

/// A rule of a table that no single column states.
struct DeclaredRule {
  enum class Kind : std::uint8_t { kCondition, kUnique, kReference, kUnchecked };
  Kind kind = Kind::kCondition;
  std::string name;      ///< The constraint's.
  std::string declared;  ///< In the database's words: "CHECK ((delivered >= picked_up))".
  std::string sql = {};  ///< kCondition: what a row must not make false, in DuckDB's dialect.
  std::vector<std::string> columns = {};     ///< kUnique, kReference.
  std::vector<std::string> references = {};  ///< kReference: "depots.depot_id", one for each column.
  bool is_proven = true;                     ///< False (NOT VALID): older rows may break it, so it warns.
  std::string why_unchecked = {};            ///< kUnchecked: why no contract can run it.
};

/// Where a table is, without what opens it.
struct DatabasePlace {
  std::string host;
  std::uint16_t port = 0;
  std::string database;
  std::string schema;
};

/// What a database declares about a table.
struct TableDeclaration {
  std::string description = {};
  std::optional<DatabasePlace> place = {};  ///< Nothing: it is reached through a socket of its machine.
  std::vector<DeclaredRule> rules = {};
};

/// What one column of a file or a table was seen to hold, and what is declared about it.
struct ColumnEvidence {
  std::string name;
  std::shared_ptr<arrow::DataType> type;  ///< One of columnar::Column's.
  std::uint64_t nulls = 0;
  std::uint64_t values = 0;  ///< Those that are not null.
  std::string lowest = {};   ///< Of numbers and times, as the file has it; empty: none.
  std::string highest = {};
  bool is_never_negative = false;  ///< Of numbers.
  std::uint64_t length_min = 0;    ///< Of texts, in characters.
  std::uint64_t length_max = 0;
  /// Every value with how often it was seen, most frequent first; nothing where there are too many to list.
  std::optional<std::vector<std::pair<std::string, std::uint64_t>>> distinct = {};
  bool is_unique = false;  ///< No value was seen twice.
  /// A pattern (ECMA-262) that every value matches, from the kinds of characters at each place; empty: none.
  std::string pattern = {};
  bool is_uuid = false;            ///< Every value is one.
  std::uint64_t unfit = 0;         ///< Values that the type does not hold, as infinity of a time.
  std::string unfit_example = {};  ///< The first of them.
  std::optional<ColumnDeclaration> declared = {};
};

/// What a file or a table was seen to hold, and what is declared about it.
struct Evidence {
  std::string origin;  ///< Shown in the draft: "flights.csv".
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> sampled_from = {};  ///< `rows` are some of about so many.
  std::vector<ColumnEvidence> columns = {};
  std::optional<TableDeclaration> declared = {};
};

/// An Open Data Contract (v3.1.0) of one object `name` that says what the evidence carries, and no more:
/// types; what a database declares; `required`, a unique key, a pattern and a lower bound of 0 where enough
/// rows show them (no key from a sample); a list of values as a rule that only warns. The evidence stands
/// above each column as a comment, without the texts of columns whose name sounds personal. What only its
/// author can know is marked "FILL IN". `name` is a table name.
///
/// What parse_contract() takes, unless a column has a name that no table can have: it then says which.
[[nodiscard]] std::string draft_contract(const Evidence& evidence, const std::string& name);

}  // namespace haul::contract
