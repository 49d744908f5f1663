#pragma once

// What every EventLog does: include this and instantiate EventLogContract with a MakeLog for each
// implementation.
#include "haul/eventlog/testing/event_log_append_contract.h"    // IWYU pragma: export
#include "haul/eventlog/testing/event_log_producer_contract.h"  // IWYU pragma: export
#include "haul/eventlog/testing/event_log_read_contract.h"      // IWYU pragma: export
#include "haul/eventlog/testing/event_log_topic_contract.h"     // IWYU pragma: export
