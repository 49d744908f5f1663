#include "attempt.h"

namespace haul::lake {

Result<Attempt> attempt_commit(TableLog& log, const CommitRequest& request) {
  return log.try_commit(request);
}

}  // namespace haul::lake
