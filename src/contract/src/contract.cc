#include "haul/contract/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "reading.h"

namespace haul::contract {
namespace {

constexpr std::array<std::string_view, 2> kVersions{"v3.1.0", "v3.2.0"};
constexpr std::array<std::string_view, 4> kSeverities{"info", "warning", "error", "block"};

/// The edition of the standard, or nothing and a problem: then the rest of the file is not judged.
std::optional<Edition> read_edition(const YamlNode& root, Problems& problems) {
  const auto version = root.find("apiVersion");
  if (!version) {
    problems.add(root, "a contract needs the key `apiVersion`; add apiVersion: v3.1.0");
  } else if (version->text() == kVersions[0]) {
    return Edition::kV31;
  } else if (version->text() == kVersions[1]) {
    return Edition::kV32;
  } else if (version->text().starts_with("v3.0.") || version->text().starts_with("v2.")) {
    problems.add(*version,
                 fmt::format("apiVersion {} is not read; bring the file to v3.1.0 of the standard and set it",
                             version->text()));
  } else {
    problems.add(*version, fmt::format("`apiVersion` is {}{}", version->describe(),
                                       advise(version->text(), kVersions)));
  }
  return std::nullopt;
}

/// Three numbers: 1.2.0.
bool is_semantic_version(std::string_view text) {
  int numbers = 0;
  while (true) {
    const auto dot = text.find('.');
    const std::string_view number = text.substr(0, dot);
    const bool digits = !number.empty() && std::all_of(number.begin(), number.end(),
                                                       [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (number.size() > 1 && number[0] == '0')) return false;
    ++numbers;
    if (dot == std::string_view::npos) return numbers == 3;
    text.remove_prefix(dot + 1);
  }
}

void read_head(Reading& reading, const YamlNode& root) {
  Contract& contract = reading.contract;
  contract.id = text_at(root, "id").value_or("");
  contract.name = text_at(root, "name").value_or("");
  contract.version = text_at(root, "version").value_or("");
  contract.status = text_at(root, "status").value_or("");
  contract.domain = text_at(root, "domain").value_or("");
  if (const auto description = root.find("description")) {
    contract.description = text_at(*description, "purpose").value_or("");
  }
  for (const std::string_view key : {"id", "name"}) {
    if (text_at(root, key) == "")
      reading.problems.add(*root.find(key), fmt::format("`{}` is empty; write one", key));
  }
  if (text_at(root, "version") && !is_semantic_version(contract.version)) {
    reading.problems.add(
        *root.find("version"),
        fmt::format("version `{}` is not three numbers; write it as 1.2.0", contract.version));
  }
}

bool is_owner(std::string_view role) {
  constexpr std::string_view kOwner = "owner";
  return std::equal(role.begin(), role.end(), kOwner.begin(), kOwner.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

std::string read_owner(const YamlNode& root) {
  const auto team = root.find("team");
  if (!team) return "";
  if (const auto name = text_at(*team, "name")) return *name;
  const auto members = team->kind() == YamlNode::Kind::kSequence ? team : team->find("members");
  for (const YamlNode& member : members ? members->items() : std::vector<YamlNode>()) {
    if (is_owner(text_at(member, "role").value_or(""))) return text_at(member, "username").value_or("");
  }
  return "";
}

void note_roles(Reading& reading, const YamlNode& root) {
  if (const auto roles = root.find("roles"); roles && !roles->items().empty()) {
    reading.not_enforced(*roles, "roles", "nobody is refused access in this version");
  }
}

/// The custom properties of a contract that mean something here; the others belong to other tools.
void read_custom_properties(Reading& reading, const YamlNode& root) {
  static constexpr std::array<std::string_view, 2> kOurs{"errorShareMax", "onViolation"};
  refuse_misspelt_properties(reading, root, kOurs);
  if (const auto share = custom_property(root, "errorShareMax")) {
    const auto number = share->as_number();
    if (number && *number >= 0 && *number <= 1) {
      reading.contract.error_share_max = *number;
    } else {
      reading.problems.add(
          *share, fmt::format("errorShareMax is {}; write a share from 0 to 1, as 0.05", share->describe()));
    }
  }
  if (const auto action = custom_property(root, "onViolation")) {
    static constexpr std::array<std::string_view, 3> kActions{"warn", "quarantine", "block"};
    static constexpr std::array<Severity, 3> kMeans{Severity::kWarning, Severity::kError, Severity::kBlock};
    const auto* const found = std::find(kActions.begin(), kActions.end(), action->text());
    if (found == kActions.end()) {
      reading.problems.add(
          *action, fmt::format("onViolation is {}{}", action->describe(), advise(action->text(), kActions)));
    } else {
      reading.default_severity = kMeans.at(static_cast<std::size_t>(found - kActions.begin()));
    }
  }
}

void read_schema(Reading& reading, const YamlNode& root) {
  const auto schema = root.find("schema");
  if (!schema || schema->kind() != YamlNode::Kind::kSequence) return;
  if (schema->items().empty()) {
    reading.problems.add(*schema, "`schema` is empty; add an object with its columns");
  }
  for (const YamlNode& object : schema->items()) read_object(reading, object);
  read_relationships(reading, *schema);
}

}  // namespace

void refuse_misspelt_properties(Reading& reading, const YamlNode& node,
                                std::span<const std::string_view> ours) {
  const auto properties = node.find("customProperties");
  for (const YamlNode& property : properties ? properties->items() : std::vector<YamlNode>()) {
    const std::string name = text_at(property, "property").value_or("");
    const bool known = std::find(ours.begin(), ours.end(), name) != ours.end();
    const std::string_view near = known || name.empty() ? "" : nearest(name, ours);
    if (!near.empty()) {
      reading.problems.add(
          *property.find("property"),
          fmt::format("nothing reads the custom property `{}`; did you mean `{}`?", name, near));
    }
  }
}

std::string Reading::free_rule_id(const std::string& wanted) {
  std::string id = wanted;
  for (int i = 2; !rule_ids.insert(id).second; ++i) id = fmt::format("{}#{}", wanted, i);
  return id;
}

std::string_view to_string(Severity severity) { return kSeverities.at(static_cast<std::size_t>(severity)); }

Severity read_severity(Reading& reading, const std::optional<YamlNode>& node, Severity otherwise) {
  if (!node || node->kind() != YamlNode::Kind::kScalar) return otherwise;  // the shape has a word on lists
  const auto* const found = std::find(kSeverities.begin(), kSeverities.end(), node->text());
  if (found != kSeverities.end()) return static_cast<Severity>(found - kSeverities.begin());
  reading.problems.add(*node,
                       fmt::format("severity is {}{}", node->describe(), advise(node->text(), kSeverities)));
  return otherwise;
}

Result<Contract> parse_contract(std::string_view yaml, std::string file) {
  HAUL_TRY(root, YamlNode::parse(yaml, file));
  Reading reading;
  reading.contract.file = std::move(file);
  if (root.kind() != YamlNode::Kind::kMap)
    return fail(root.error("a contract is keys and values; begin with apiVersion: v3.1.0"));
  const auto edition = read_edition(root, reading.problems);
  if (!edition) return fail(reading.problems.to_error());

  reading.edition = *edition;
  check_shape(root, contract_shape(), *edition, reading.problems);
  read_head(reading, root);
  read_custom_properties(reading, root);
  read_schema(reading, root);
  read_service_levels(reading, root);
  reading.contract.owner = read_owner(root);
  note_roles(reading, root);
  if (!reading.problems.empty()) return fail(reading.problems.to_error());
  return std::move(reading.contract);
}

Result<const Object*> single_object(const Contract& contract) {
  if (contract.objects.size() == 1) return &contract.objects.front();
  return fail(
      ErrorCode::kInvalidInput,
      fmt::format("{}: contract {} has {} objects and a source needs one; give each object its own file",
                  contract.file, contract.name, contract.objects.size()));
}

}  // namespace haul::contract
