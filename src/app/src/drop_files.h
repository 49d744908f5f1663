#pragma once

#include <functional>
#include <vector>

#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/drop_intake.h"
#include "haul/ingest/interchange_log.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// How the rows of a dropped file get into the platform.
using DropLoad = std::function<Result<ingest::LoadedRows>(const ingest::DroppedFile&)>;
/// What the sender of a loaded file is told; may be empty.
using DropAnswer = std::function<Result<void>(const ingest::DroppedFile&)>;
struct DropSteps {
  DropLoad load;
  DropAnswer answer = {};
};

/// Straight into the tables of the source; on a topic source, into its topic, whose flow lands them later.
/// Errors as load_into_table(), load_into_topic(); `stopping` ends a load, which goes on where it stopped the
/// next time.
DropLoad load_into_tables(Platform& platform, const Project& project, const ingest::Source& source,
                          std::function<bool()> stopping);
DropLoad load_into_log(Platform& platform, const ingest::Source& source, eventlog::EventLog& log,
                       std::function<bool()> stopping);

/// Answers the interchanges of a file and hands on what became of them. Nothing for a source of other
/// formats.
DropAnswer answer_interchanges(ingest::InterchangeLog& interchanges, const ingest::Source& source,
                               std::function<void(const std::vector<ingest::InterchangeOutcome>&)> take);

/// Looks once into the drop of a source. kConflict: another process looks into it. Else as ingest::take_in().
Result<ingest::IntakeReport> take_in_drop(Platform& platform, const Project& project,
                                          const ingest::Source& source, ingest::FileLedger& ledger,
                                          const DropSteps& steps);

struct DropOutcome {
  ingest::IntakeReport intake;
  std::vector<ingest::InterchangeOutcome> interchanges = {};
};

/// What `haul ingest SOURCE` does with a drop: takes in what lies there and waits until its rows have landed.
Result<DropOutcome> ingest_drop(Platform& platform, const Project& project, const ingest::Source& source,
                                ingest::FileLedger& ledger);

}  // namespace haul::app
