#pragma once

#include <memory>

#include "haul/base/clock.h"
#include "haul/base/file_history.h"
#include "haul/base/file_system.h"
#include "haul/base/rng.h"

namespace haul::adapters {

/// The files of this machine, by POSIX calls. Writes are unbuffered: one write(2) per append, so callers
/// append in large pieces. sync() is fdatasync(2); a directory is synced by fsync(2). Locks are
/// open-file-description locks (fcntl F_OFD_SETLK), released by the kernel when the process ends.
std::unique_ptr<FileSystem> make_posix_file_system();

/// clock_gettime(2): CLOCK_REALTIME and CLOCK_MONOTONIC.
std::unique_ptr<Clock> make_system_clock();

/// getrandom(2), 4 KiB at a time. Thread-safe.
std::unique_ptr<Rng> make_system_rng();

/// The history of `folder`, a part of a git repository, by the program `git` of the PATH: one process a call.
std::unique_ptr<FileHistory> make_git_history(Path folder);

}  // namespace haul::adapters
