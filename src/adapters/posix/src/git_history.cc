#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "child_process.h"
#include "haul/adapters/posix/posix.h"

namespace haul::adapters {
namespace {

class GitHistory final : public FileHistory {
 public:
  explicit GitHistory(Path folder) : folder_(std::move(folder)) {}

  Result<std::vector<std::string>> list(std::string_view revision, const Path& directory) override {
    HAUL_TRY(commit, resolve(revision));
    HAUL_TRY(listed, git({"ls-tree", "-z", "--name-only", commit, "--", directory.generic_string() + "/"}));
    if (listed.exit_code != 0) return fail(unreadable(listed));
    std::vector<std::string> names;
    for (std::size_t at = 0; at < listed.out.size();) {
      const std::size_t end = std::min(listed.out.find('\0', at), listed.out.size());
      names.push_back(Path(listed.out.substr(at, end - at)).filename().string());
      at = end + 1;
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> read(std::string_view revision, const Path& file) override {
    HAUL_TRY(commit, resolve(revision));
    HAUL_TRY(shown, git({"cat-file", "blob", fmt::format("{}:./{}", commit, file.generic_string())}));
    if (shown.exit_code != 0) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("{}: no such file at {}", (folder_ / file).string(), revision));
    }
    return std::move(shown.out);
  }

 private:
  Result<ProcessOutput> git(std::vector<std::string> arguments) const {
    std::vector<std::string> command{"git", "-C", folder_.string()};
    command.insert(command.end(), std::make_move_iterator(arguments.begin()),
                   std::make_move_iterator(arguments.end()));
    auto output = run_process(command);
    if (!output && output.error().code == ErrorCode::kNotFound) {
      return fail(ErrorCode::kUnavailable,
                  "git is not installed, and earlier versions are read with it; install it");
    }
    return output;
  }

  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

  Error unreadable(const ProcessOutput& output) const {
    return {ErrorCode::kUnavailable, fmt::format("{}: git says: {}", folder_.string(), first_line(output.err))};
  }

  /// The id of a commit: what follows never sees the user's words again.
  Result<std::string> resolve(std::string_view revision) const {
    HAUL_TRY(inside, git({"rev-parse", "--is-inside-work-tree"}));
    if (inside.exit_code != 0) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("{} is in no git repository, so there is no earlier version of it (git says: {})",
                              folder_.string(), first_line(inside.err)));
    }
    HAUL_TRY(found, git({"rev-parse", "--verify", "--quiet", "--end-of-options",
                         fmt::format("{}^{{commit}}", revision)}));
    if (found.exit_code != 0) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("{}: git has no commit, tag or branch {}", folder_.string(), revision));
    }
    return found.out.substr(0, found.out.find('\n'));
  }

  Path folder_;
};

}  // namespace

std::unique_ptr<FileHistory> make_git_history(Path folder) {
  return std::make_unique<GitHistory>(std::move(folder));
}

}  // namespace haul::adapters
