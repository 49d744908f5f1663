#pragma once

#include <string>
#include <vector>

#include "haul/base/result.h"

namespace haul::adapters {

/// What a program left behind.
struct ProcessOutput {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// Runs a program of the PATH to its end, without a shell and with an empty standard input, and keeps all
/// that it writes. kNotFound: there is no such program. kUnavailable: it could not be started, or died of a
/// signal.
Result<ProcessOutput> run_process(const std::vector<std::string>& command);

}  // namespace haul::adapters
