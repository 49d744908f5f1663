#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/query/sql_engine.h"

namespace haul::batch {

/// The datasets that a query names, sorted, each once. Errors as SqlEngine::parse() and query::sources_in().
Result<std::vector<std::string>> datasets_read_by(query::SqlEngine& engine, const std::string& sql);

/// The functions and samples in a syntax tree (the JSON of SqlEngine::parse) whose value the input does not
/// decide, such as now() and random(); sorted, each once.
[[nodiscard]] std::vector<std::string> undecided_parts(std::string_view syntax_tree);

/// A hash of the tree that blanks, comments and places do not change.
[[nodiscard]] std::uint64_t tree_hash(std::string_view syntax_tree);

}  // namespace haul::batch
