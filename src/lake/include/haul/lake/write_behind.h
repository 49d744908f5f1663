#pragma once

#include <memory>

#include "haul/lake/table.h"

namespace haul::lake {

/// A writer whose batches are encoded and written on a thread of its own, in their order, while the caller
/// makes the next ones. The memory of a batch must live as long as its arrays do. At most two batches wait;
/// then write() waits for room. An error is returned by the write() that notices it or by finish(), with the
/// code that `writer` gave; what was written after it never becomes a file. The thread starts with the second
/// batch: a file of one batch costs none. Destroyed unfinished, it waits for the batch in work only.
[[nodiscard]] std::unique_ptr<StagedWriter> write_behind(std::unique_ptr<StagedWriter> writer);

}  // namespace haul::lake
