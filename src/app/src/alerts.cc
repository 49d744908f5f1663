#include "alerts.h"

#include <fmt/format.h>

#include <cstdio>
#include <thread>

#include "haul/adapters/notify/notifiers.h"
#include "haul/alert/outbox.h"
#include "secret.h"

namespace haul::app {
namespace {

Result<std::unique_ptr<alert::Notifier>> make_notifier(Platform& platform, const Project& project,
                                                       const alert::NotifierSpec& spec) {
  if (spec.kind == alert::NotifierSpec::Kind::kFile) {
    return adapters::make_file_notifier(platform.files(), (project.root / spec.path).lexically_normal());
  }
  adapters::WebhookSettings settings;
  settings.timeout = spec.timeout;
  settings.attempts = spec.attempts;
  settings.pause = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
  HAUL_TRY(url, resolve_secret(platform.files(), project.root, spec.url));
  settings.url = url;
  HAUL_TRY(authorization, resolve_secret(platform.files(), project.root, spec.authorization));
  settings.authorization = authorization;
  return adapters::make_webhook_notifier(std::move(settings));
}

/// Those of haul.yaml that can be made; the others are told of on standard error.
alert::Notifiers make_notifiers(Platform& platform, const Project& project) {
  alert::Notifiers notifiers;
  for (const alert::NotifierSpec& spec : project.notifiers) {
    auto notifier = make_notifier(platform, project, spec);
    if (notifier) {
      notifiers.emplace(spec.name, std::move(*notifier));
    } else {
      fmt::print(stderr, "notifier {}: {}\n", spec.name, notifier.error().message);
    }
  }
  return notifiers;
}

}  // namespace

alert::AlertContext alert_context(Platform& platform, const Project& project) {
  return {platform.lake(), platform.engine(), project.lake, project.notifiers};
}

Result<void> raise_alerts(Platform& platform, const Project& project,
                          const std::vector<alert::Alert>& alerts) {
  alert::AlertTable table(alert_context(platform, project));
  const auto stored = table.raise(alerts);
  if (!stored) return fail(stored.error());
  show_raised(table);
  return deliver_alerts(platform, project);
}

void show_raised(alert::AlertTable& table) {
  for (const alert::Alert& alert : table.take_raised()) {
    fmt::print(stderr, "alert ({}): {}\n", to_string(alert.severity), alert.message);
  }
}

Result<void> deliver_alerts(Platform& platform, const Project& project) {
  if (project.notifiers.empty()) return {};
  HAUL_TRY(delivered, alert::deliver(alert_context(platform, project), make_notifiers(platform, project)));
  for (const std::string& problem : delivered.problems) fmt::print(stderr, "{}\n", problem);
  return {};
}

}  // namespace haul::app
