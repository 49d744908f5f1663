#include "haul/contract/testing/change_cases.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "haul/base/check.h"

namespace haul::contract::testing {
namespace {

std::string text_of(const std::string& name) {
  std::ifstream stream("src/contract/test/data/" + name, std::ios::binary);
  HAUL_CHECK(stream.good(), "tests run at the top of the source tree");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// `\n` is a line end, so that an edit of several lines is one line of the table.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_break = text.substr(at).starts_with("\\n");
    out += is_break ? '\n' : text[at];
    at += is_break ? 1 : 0;
  }
  return out;
}

std::vector<ChangeCase> read_cases() {
  std::vector<ChangeCase> all(1);
  std::istringstream stream(text_of("changes.txt"));
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (line.starts_with('#')) continue;
    if (line.empty()) {
      if (all.back().line != 0) all.emplace_back();
      continue;
    }
    ChangeCase& now = all.back();
    if (now.line == 0) now.line = number;
    const std::string rest = line.size() > 2 ? line.substr(2) : "";
    if (line[0] == '-') now.edits.push_back({unescaped(rest), ""});
    if (line[0] == '+') now.edits.back().put = unescaped(rest);
    if (line[0] == '!') now.found.push_back(rest);
    if (line[0] == '~') now.example = rest;
  }
  if (all.back().line == 0) all.pop_back();
  return all;
}

}  // namespace

const std::string& parcels_yaml() {
  static const std::string kYaml = text_of("parcels.odcs.yaml");
  return kYaml;
}

const std::vector<ChangeCase>& change_cases() {
  static const std::vector<ChangeCase> kCases = read_cases();
  return kCases;
}

std::string edited(const ChangeCase& each) {
  std::string yaml = parcels_yaml();
  for (const Edit& edit : each.edits) {
    const auto at = yaml.find(edit.taken);
    const bool once = at != std::string::npos && yaml.find(edit.taken, at + 1) == std::string::npos;
    HAUL_CHECK(once, edit.taken);
    const bool whole_line = edit.put.empty() && (at == 0 || yaml[at - 1] == '\n');
    yaml.replace(at, edit.taken.size() + (whole_line ? 1 : 0), edit.put);
  }
  return yaml;
}

Version version_of(std::string_view yaml) {
  auto version = Version::parse(yaml, "parcels.odcs.yaml");
  HAUL_CHECK(version.has_value(), version.error().message);
  return *std::move(version);
}

}  // namespace haul::contract::testing
