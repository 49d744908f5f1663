// A wrong attempt_commit(): the data first, then the offsets in a commit of their own, as a sink does whose
// offsets live in a second store. A crash between the two repeats rows. Linked into a test program only.
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "attempt.h"

namespace haul::lake {
namespace {

/// What asking a second store takes. Without it the two commits follow each other so closely on a fast, idle
/// machine that hundreds of kills may miss the moment between them.
constexpr std::chrono::milliseconds kRoundTrip{5};

}  // namespace

Result<Attempt> attempt_commit(TableLog& log, const CommitRequest& request) {
  CommitRequest data = request;
  data.offsets.clear();
  HAUL_TRY(stored, log.try_commit(data));
  if (!std::holds_alternative<Done>(stored) || request.offsets.empty()) return stored;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable().wait_for(lock, kRoundTrip);
  CommitRequest offsets;
  offsets.operation = request.operation;
  offsets.commit_id = request.commit_id + "-offsets";
  offsets.offsets = request.offsets;
  return log.try_commit(offsets);
}

}  // namespace haul::lake
