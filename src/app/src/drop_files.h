#pragma once

#include <functional>

#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/drop_intake.h"
#include "platform.h"
#include "project.h"

namespace haul::app {

/// How the rows of a dropped file get into the platform.
using DropLoad = std::function<Result<ingest::LoadedRows>(const ingest::DroppedFile&)>;

/// Straight into the tables of the source; on a topic source, into its topic, whose flow lands them later.
/// Errors as load_into_table(), load_into_topic(); `stopping` ends a load, which goes on where it stopped the
/// next time.
DropLoad load_into_tables(Platform& platform, const Project& project, const ingest::Source& source,
                          std::function<bool()> stopping);
DropLoad load_into_log(Platform& platform, const ingest::Source& source, eventlog::EventLog& log,
                       std::function<bool()> stopping);

/// Looks once into the drop of a source. kConflict: another process looks into it. Else as ingest::take_in().
Result<ingest::IntakeReport> take_in_drop(Platform& platform, const Project& project,
                                          const ingest::Source& source, ingest::FileLedger& ledger,
                                          const DropLoad& load);

/// What `haul ingest SOURCE` does with a drop: takes in what lies there and waits until its rows have landed.
Result<ingest::IntakeReport> ingest_drop(Platform& platform, const Project& project,
                                         const ingest::Source& source, ingest::FileLedger& ledger);

}  // namespace haul::app
