#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "haul/base/hash.h"
#include "haul/base/result.h"

namespace haul::ingest {

/// Row by row, the identity of the key that `columns` form: the hash of their values, null being a value of
/// its own. The same values give the same identity whichever batch, file or engine they come from.
/// kInvalidInput: a column is missing or nested.
Result<void> key_identities(const arrow::RecordBatch& batch, const std::vector<std::string>& columns,
                            std::vector<Hash128>& identities);

/// Keys of a batch and the rows that have them.
struct GivenKeys {
  std::vector<Hash128> identities;
  std::vector<std::uint32_t> rows;  ///< Ascending positions in the batch, one for each identity.
};

/// The keys of the rows in which no part of the key is null: those that SQL compares for uniqueness and for
/// references. Columns `beside` the key belong to the identity too, null being a value of theirs. Errors as
/// key_identities().
Result<void> given_keys(const arrow::RecordBatch& batch, const std::vector<std::string>& columns,
                        GivenKeys& keys, const std::vector<std::string>& beside = {});

}  // namespace haul::ingest
