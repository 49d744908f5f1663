// A wrong attempt_commit(): the data first, then the offsets in a commit of their own, as a sink does whose
// offsets live in a second store. A crash between the two repeats rows. Linked into a test program only.
#include "attempt.h"

namespace haul::lake {

Result<Attempt> attempt_commit(TableLog& log, const CommitRequest& request) {
  CommitRequest data = request;
  data.offsets.clear();
  HAUL_TRY(stored, log.try_commit(data));
  if (!std::holds_alternative<Done>(stored) || request.offsets.empty()) return stored;
  CommitRequest offsets;
  offsets.operation = request.operation;
  offsets.commit_id = request.commit_id + "-offsets";
  offsets.offsets = request.offsets;
  return log.try_commit(offsets);
}

}  // namespace haul::lake
