#include "child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

extern char** environ;

namespace haul::adapters {
namespace {

Error os_error(const std::string& program, int number) {
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  return {code, fmt::format("run {}: {}", program, std::strerror(number))};  // NOLINT(concurrency-mt-unsafe)
}

/// The two ends of a pipe; each is closed once.
class Pipe {
 public:
  Pipe() { failed_ = ::pipe2(ends_.data(), O_CLOEXEC) != 0; }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] int read_end() const { return ends_[0]; }
  [[nodiscard]] int write_end() const { return ends_[1]; }
  void close_write_end() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_.at(end) >= 0) ::close(std::exchange(ends_.at(end), -1));
  }

  std::array<int, 2> ends_{-1, -1};
  bool failed_ = false;
};

/// The actions of a start: standard input from /dev/null, the two outputs into pipes.
class StartActions {
 public:
  StartActions(const Pipe& out, const Pipe& err) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, out.write_end(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, err.write_end(), STDERR_FILENO);
  }
  ~StartActions() { posix_spawn_file_actions_destroy(&actions_); }
  StartActions(const StartActions&) = delete;
  StartActions& operator=(const StartActions&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Reads both outputs until they end, whichever has something: neither can fill up and stop the program.
void read_outputs(const Pipe& out, const Pipe& err, ProcessOutput& output) {
  std::array<pollfd, 2> ends{{{out.read_end(), POLLIN, 0}, {err.read_end(), POLLIN, 0}}};
  const std::array<std::string*, 2> into{&output.out, &output.err};
  constexpr std::size_t kPiece = 65'536;
  std::string piece(kPiece, '\0');
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (::poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends.at(i).fd < 0 || ends.at(i).revents == 0) continue;
      const ssize_t count = ::read(ends.at(i).fd, piece.data(), piece.size());
      if (count > 0) into.at(i)->append(piece, 0, static_cast<std::size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) ends.at(i).fd = -1;  // poll() leaves it out
    }
  }
}

}  // namespace

Result<ProcessOutput> run_process(const std::vector<std::string>& command) {
  Pipe out;
  Pipe err;
  if (out.failed() || err.failed()) return fail(os_error(command.front(), errno));
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(
        const_cast<char*>(word.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): POSIX
  }
  arguments.push_back(nullptr);
  const StartActions actions(out, err);
  pid_t process = 0;
  const int refused =
      ::posix_spawnp(&process, arguments.front(), actions.get(), nullptr, arguments.data(), environ);
  if (refused != 0) return fail(os_error(command.front(), refused));
  out.close_write_end();
  err.close_write_end();
  ProcessOutput output;
  read_outputs(out, err, output);
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(process, &status, 0);
  } while (ended < 0 && errno == EINTR);
  if (ended < 0) return fail(os_error(command.front(), errno));
  if (!WIFEXITED(status))
    return fail(ErrorCode::kUnavailable, fmt::format("run {}: it was killed", command.front()));
  output.exit_code = WEXITSTATUS(status);
  return output;
}

}  // namespace haul::adapters
