#include "stderr_log.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "haul/base/json.h"

namespace haul::app {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(),
                                       [](char c) { return c > ' ' && c != '"' && c != '=' && c < 0x7F; });
}

}  // namespace

void StderrLog::write(const LogLine& line) {
  std::string text = format_utc(clock_.now());
  text += ' ';
  text += level_name(line.level);
  text += ' ';
  text += line.event;
  for (const auto& [name, value] : line.fields) {
    text += ' ';
    text += name;
    text += '=';
    text += is_plain(value) ? value : json_string(value);
  }
  text += '\n';
  const std::lock_guard lock(mutex_);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace haul::app
