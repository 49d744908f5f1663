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

Result<void> store_and_show(const alert::AlertContext& context, const std::vector<alert::Alert>& alerts) {
  alert::AlertTable table(context);
  for (const alert::Alert& alert : alerts) {
    HAUL_TRY(stored, table.raise({alert}));
    if (stored > 0) fmt::print(stderr, "alert ({}): {}\n", to_string(alert.severity), alert.message);
  }
  return {};
}

}  // namespace

alert::AlertContext alert_context(Platform& platform, const Project& project) {
  return {platform.lake(), platform.engine(), project.lake, project.notifiers};
}

Result<void> raise_alerts(Platform& platform, const Project& project,
                          const std::vector<alert::Alert>& alerts) {
  const alert::AlertContext context = alert_context(platform, project);
  HAUL_TRY_VOID(store_and_show(context, alerts));
  if (project.notifiers.empty()) return {};
  HAUL_TRY(delivered, alert::deliver(context, make_notifiers(platform, project)));
  for (const std::string& problem : delivered.problems) fmt::print(stderr, "{}\n", problem);
  return {};
}

}  // namespace haul::app
