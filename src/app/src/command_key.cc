#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command.h"
#include "console.h"
#include "haul/server/api_keys.h"
#include "haul/server/key_api.h"
#include "platform.h"
#include "project.h"

namespace haul::app {
namespace {

/// The keys of a project: in its log where nobody owns it, else through the `haul serve` that does.
class Keys {
 public:
  Keys(Platform& platform, const Project& project) : platform_(platform), project_(project) {}

  Result<void> open() {
    auto opened = platform_.open_log(project_);
    if (opened) {
      log_ = std::move(opened->log);
      HAUL_TRY(ring, server::KeyRing::open(*log_, platform_.clock(), platform_.rng()));
      keys_ = std::move(ring);
      return {};
    }
    if (opened.error().code != ErrorCode::kConflict) return fail(std::move(opened).error());
    keys_ = server::make_remote_keys(project_.state / server::kAdminSocket);
    if (auto answer = keys_->list(); !answer)
      return fail(std::move(opened).error());  // a command holds the log
    return {};
  }

  [[nodiscard]] server::KeyAdmin& admin() { return *keys_; }

 private:
  Platform& platform_;
  const Project& project_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<server::KeyAdmin> keys_;
};

Report::Cell time_cell(const std::optional<IngestTime>& at) {
  return at ? Report::Cell(format_utc(*at)) : Report::Cell();
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) scopes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

}  // namespace

Result<Exit> command_key_create(const CommandContext& context, const KeyArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  std::optional<Micros> lifetime;
  if (!arguments.expires.empty()) {
    HAUL_TRY(read, parse_duration(arguments.expires));
    lifetime = read;
  }
  const std::vector<std::string> scopes = split_scopes(arguments.scope);
  for (const std::string& scope : scopes) {
    if (!scope.starts_with("ingest:") || scope == "ingest:*") continue;
    HAUL_TRY_VOID(project.source(std::string_view(scope).substr(7)));
  }
  Keys keys(platform, project);
  HAUL_TRY_VOID(keys.open());
  HAUL_TRY(created, keys.admin().create(arguments.name, scopes, lifetime));
  fmt::print("{}\n", created.token);
  fmt::print(stderr, "the key {} may {}{}; this is the only time it is shown\n", created.key.name,
             fmt::join(created.key.scopes, ", "),
             created.key.expires_at ? fmt::format(" until {}", format_utc(*created.key.expires_at)) : "");
  return Exit::kDone;
}

Result<Exit> command_key_list(const CommandContext& context) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  Keys keys(platform, project);
  HAUL_TRY_VOID(keys.open());
  HAUL_TRY(all, keys.admin().list());
  Report report({"name", "id", "scopes", "created_at", "expires_at", "revoked_at"});
  for (const server::ApiKey& key : all) {
    report.add({key.name, key.id, fmt::format("{}", fmt::join(key.scopes, ", ")), format_utc(key.created_at),
                time_cell(key.expires_at), time_cell(key.revoked_at)});
  }
  HAUL_TRY_VOID(print(report, context.format));
  return Exit::kDone;
}

Result<Exit> command_key_revoke(const CommandContext& context, const KeyArguments& arguments) {
  Platform platform(context.project / "state");
  HAUL_TRY(project, load_project(platform.files(), context.project));
  Keys keys(platform, project);
  HAUL_TRY_VOID(keys.open());
  HAUL_TRY_VOID(keys.admin().revoke(arguments.name));
  fmt::print(stderr, "the key {} is revoked\n", arguments.name);
  return Exit::kDone;
}

}  // namespace haul::app
