#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string_view>

#include "command.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/query/render.h"
#include "report.h"

namespace haul::app {

/// Standard output as bytes. kUnavailable: it was closed.
ByteSink& standard_output();

/// The renderer of a format over a sink. Tables are as wide as the terminal, or 160 characters where there is
/// none.
std::unique_ptr<query::Renderer> renderer_for(OutputFormat format, ByteSink& sink,
                                              query::TableStyle::Footer footer);

/// Prints text as it is on standard output.
Result<void> print_text(std::string_view text);

/// Prints a report on standard output.
Result<void> print(const Report& report, OutputFormat format);

}  // namespace haul::app
