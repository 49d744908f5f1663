#include "haul/alert/notifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "haul/base/json.h"

namespace haul::alert {
namespace {

constexpr std::int64_t kAttemptsMax = 10;
constexpr Micros kTimeoutMax = std::chrono::minutes{1};

bool is_reference(std::string_view text) {
  return (text.starts_with("env:") || text.starts_with("file:")) && text.find(':') + 1 < text.size();
}
bool is_address(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

Result<void> read_webhook(const YamlNode& node, NotifierSpec& spec) {
  spec.kind = NotifierSpec::Kind::kWebhook;
  HAUL_TRY_VOID(node.allow_only({"kind", "url", "authorization", "severity", "timeout", "attempts"}));
  HAUL_TRY(url, node.at("url"));
  HAUL_TRY(url_text, url.as_string());
  if (!is_reference(url_text) && !is_address(url_text)) {
    return fail(url.error("needs an address such as https://host/path, or where it is kept: env:OPS_HOOK"));
  }
  spec.url = url_text;
  if (const auto authorization = node.find("authorization")) {
    HAUL_TRY(text, authorization->as_string());
    if (!is_reference(text)) {
      return fail(authorization->error("a secret stands outside the project: write env:NAME or file:PATH"));
    }
    spec.authorization = text;
  }
  if (const auto timeout = node.find("timeout")) {
    HAUL_TRY(text, timeout->as_string());
    const auto duration = parse_duration(text);
    if (!duration || *duration <= Micros::zero() || *duration > kTimeoutMax) {
      return fail(timeout->error("needs a time of at most a minute, such as 5s"));
    }
    spec.timeout = *duration;
  }
  if (const auto attempts = node.find("attempts")) {
    HAUL_TRY(number, attempts->as_integer());
    if (number < 1 || number > kAttemptsMax) {
      return fail(attempts->error(fmt::format("needs a number from 1 to {}", kAttemptsMax)));
    }
    spec.attempts = static_cast<std::uint32_t>(number);
  }
  return {};
}

Result<void> read_file_notifier(const YamlNode& node, NotifierSpec& spec) {
  spec.kind = NotifierSpec::Kind::kFile;
  HAUL_TRY_VOID(node.allow_only({"kind", "path", "severity"}));
  HAUL_TRY(path, node.at("path"));
  HAUL_TRY(text, path.as_string());
  if (text.empty() || text.ends_with('/')) return fail(path.error("needs a file such as ./alerts.jsonl"));
  spec.path = text;
  return {};
}

Result<NotifierSpec> read_notifier(const std::string& name, const YamlNode& node) {
  NotifierSpec spec;
  spec.name = name;
  HAUL_TRY(kind, node.at("kind"));
  HAUL_TRY(text, kind.as_string());
  if (text == "webhook") {
    HAUL_TRY_VOID(read_webhook(node, spec));
  } else if (text == "file") {
    HAUL_TRY_VOID(read_file_notifier(node, spec));
  } else {
    return fail(kind.error(fmt::format("`kind` cannot be \"{}\"; write webhook or file", text)));
  }
  if (const auto severity = node.find("severity")) {
    HAUL_TRY(from, severity->as_string());
    const auto parsed = parse_severity(from);
    if (!parsed) return fail(severity->error(parsed.error().message));
    spec.from = *parsed;
  }
  return spec;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Result<std::vector<NotifierSpec>> parse_notifiers(const YamlNode& notifiers) {
  std::vector<NotifierSpec> specs;
  if (notifiers.kind() != YamlNode::Kind::kMap && notifiers.kind() != YamlNode::Kind::kNull) {
    return fail(
        notifiers.error("`notifiers` needs names with their settings, such as ops: {kind: file, "
                        "path: ./alerts.jsonl}"));
  }
  for (const auto& [name, node] : notifiers.entries()) {
    if (!is_plain_name(name)) {
      return fail({ErrorCode::kInvalidInput,
                   fmt::format("{}: a notifier's name has small letters, digits and _ only: \"{}\"",
                               to_string(notifiers.key_place(name)), name)});
    }
    HAUL_TRY(spec, read_notifier(name, node));
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::string Notification::key() const { return state == State::kRaised ? id : id + "-resolved"; }

std::string to_json(const Notification& notification) {
  const Alert& alert = notification.alert;
  std::string out = "{";
  const auto add = [&out](std::string_view name, std::string_view text) {
    out += fmt::format("{}{}: {}", out.size() == 1 ? "" : ", ", json_string(name), json_string(text));
  };
  add("id", notification.id);
  add("key", notification.key());
  add("state", to_string(notification.state));
  add("kind", alert.kind);
  add("severity", to_string(alert.severity));
  add("subject", alert.subject);
  add("message", alert.message);
  add("at", format_utc(notification.at));
  out += ", \"event_time\": " + (alert.event_time ? json_string(format_utc(*alert.event_time)) : "null");
  out += ", \"labels\": {";
  for (const auto& [name, value] : alert.labels) {
    out += fmt::format("{}{}: {}", out.ends_with('{') ? "" : ", ", json_string(name), json_string(value));
  }
  return out + "}}";
}

}  // namespace haul::alert
