#include "epcis_event.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <set>

#include "epcis_hash.h"
#include "haul/base/error.h"
#include "haul/base/json.h"
#include "haul/base/time.h"

namespace haul::ingest {
namespace {

namespace dom = simdjson::dom;

/// A field and the members it is read from, the first that is there; a dot leads into an object.
struct EpcisField {
  std::string_view name;
  std::array<std::string_view, 3> members;
};

constexpr std::array<EpcisField, 24> kFields = {{
    {"type", {"type"}},
    {"action", {"action"}},
    {"ts", {"eventTime"}},
    {"record_time", {"recordTime"}},
    {"timezone_offset", {"eventTimeZoneOffset"}},
    {"epcs", {"epcList", "childEPCs", "outputEPCList"}},
    {"quantities", {"quantityList", "childQuantityList", "outputQuantityList"}},
    {"parent_id", {"parentID"}},
    {"input_epcs", {"inputEPCList"}},
    {"input_quantities", {"inputQuantityList"}},
    {"transformation_id", {"transformationID"}},
    {"biz_step", {"bizStep"}},
    {"disposition", {"disposition"}},
    {"persistent_disposition", {"persistentDisposition"}},
    {"read_point", {"readPoint.id"}},
    {"biz_location", {"bizLocation.id"}},
    {"transactions", {"bizTransactionList"}},
    {"sources", {"sourceList"}},
    {"destinations", {"destinationList"}},
    {"sensors", {"sensorElementList"}},
    {"ilmd", {"ilmd"}},
    {"error_declaration_time", {"errorDeclaration.declarationTime"}},
    {"error_reason", {"errorDeclaration.reason"}},
    {"corrective_event_ids", {"errorDeclaration.correctiveEventIDs"}},
}};
constexpr std::string_view kEventId = "event_id";
constexpr std::string_view kIsError = "is_error";
constexpr std::string_view kOther = "other_fields";

constexpr std::array<std::string_view, 5> kEventTypes = {
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"};

/// Names of the Core Business Vocabulary stand bare in EPCIS 2.0 and behind these in other spellings.
constexpr std::array<std::string_view, 6> kVocabularies = {
    "urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-", "cbv:BizStep-",
    "urn:epcglobal:cbv:disp:",    "https://ref.gs1.org/cbv/Disp-",    "cbv:Disp-"};

bool has_vocabulary(std::string_view field) { return field == "biz_step" || field == "disposition"; }

std::string_view bare_name(std::string_view text) {
  for (const std::string_view prefix : kVocabularies) {
    if (text.starts_with(prefix)) return text.substr(prefix.size());
  }
  return text;
}

/// The member that a path leads to; false where there is none, or null.
bool member_of(dom::object event, std::string_view path, dom::element* value) {
  const std::size_t dot = path.find('.');
  dom::element found;
  if (event.at_key(path.substr(0, dot)).get(found) != simdjson::SUCCESS || found.is_null()) return false;
  if (dot != std::string_view::npos) {
    dom::object inner;
    if (found.get_object().get(inner) != simdjson::SUCCESS) return false;
    return member_of(inner, path.substr(dot + 1), value);
  }
  *value = found;
  return true;
}

/// Whether a time says which zone it is in.
bool has_zone(std::string_view time) {
  const std::size_t clock = time.find_first_of("Tt ");
  return clock != std::string_view::npos && time.find_first_of("Zz+-", clock) != std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> epcis_fields() {
  std::vector<std::string_view> names = {kEventId};
  for (const EpcisField& field : kFields) names.push_back(field.name);
  names.insert(names.end(), {kIsError, kOther});
  return names;
}

class EpcisFlattener::Machine {
 public:
  explicit Machine(std::vector<EpcisColumn> columns) : columns_(std::move(columns)) {}

  Result<void> append(std::string_view row, std::string& out) {
    dom::object event;
    HAUL_TRY_VOID(parse(row, event));
    out += '{';
    bool is_first = true;
    for (const EpcisColumn& column : columns_) {
      value_.clear();
      write(event, column);
      if (value_.empty()) continue;
      if (!is_first) out += ',';
      is_first = false;
      append_json_string(out, column.name);
      out += ':';
      out += value_;
    }
    out += '}';
    return {};
  }

 private:
  Result<void> parse(std::string_view row, dom::object& event) {
    padded_ = simdjson::padded_string(row);
    dom::element root;
    if (const auto error = parser_.parse(padded_).get(root); error != simdjson::SUCCESS)
      return fail(ErrorCode::kInvalidInput, fmt::format("no JSON: {}", simdjson::error_message(error)));
    if (root.get_object().get(event) != simdjson::SUCCESS)
      return fail(ErrorCode::kInvalidInput, "an event is a JSON object");
    std::set<std::string_view> names;
    for (const auto [key, value] : event) {
      if (!names.insert(key).second)
        return fail(ErrorCode::kInvalidInput, fmt::format("the member {} stands twice", json_string(key)));
    }
    std::string_view type;
    if (event.at_key("type").get(type) != simdjson::SUCCESS)
      return fail(ErrorCode::kInvalidInput, "the event has no `type`");
    if (std::find(kEventTypes.begin(), kEventTypes.end(), type) == kEventTypes.end()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{} is no type of EPCIS event", json_string(type.substr(0, 40))));
    }
    return {};
  }

  void write(dom::object event, const EpcisColumn& column) {
    if (column.name == kEventId) return write_id(event);
    if (column.name == kIsError) {
      dom::element declaration;
      value_ = member_of(event, "errorDeclaration", &declaration) ? "true" : "false";
      return;
    }
    if (column.name == kOther) return write_others(event);
    const auto* const field = std::find_if(kFields.begin(), kFields.end(),
                                           [&](const EpcisField& f) { return f.name == column.name; });
    for (const std::string_view path : field->members) {
      dom::element value;
      if (path.empty() || !member_of(event, path, &value)) continue;
      write_value(event, column, value);
      return;
    }
  }

  void write_id(dom::object event) {
    dom::element id;
    if (member_of(event, "eventID", &id)) {
      value_ = simdjson::minify(id);
    } else {
      append_json_string(value_, epcis_event_id(event));
    }
  }

  void write_value(dom::object event, const EpcisColumn& column, dom::element value) {
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
      if (has_vocabulary(column.name)) text = bare_name(text);
      std::string with_zone;
      std::string_view offset;
      if (column.name == "ts" && !has_zone(text) &&
          event.at_key("eventTimeZoneOffset").get(offset) == simdjson::SUCCESS) {
        with_zone = std::string(text).append(offset);
        text = with_zone;
      }
      append_json_string(value_, text);
      return;
    }
    const bool is_nested = value.is_object() || value.is_array();
    if (is_nested && column.wants_text) {
      append_json_string(value_, simdjson::minify(value));
    } else {
      value_ = simdjson::minify(value);
    }
  }

  /// The members that no column is read from, as the text of a JSON object; ascending by name, so that the
  /// same event in another order is the same row.
  void write_others(dom::object event) {
    std::vector<std::string> others;
    for (const auto [key, value] : event) {
      if (!is_read(key)) others.push_back(json_string(key) + ":" + simdjson::minify(value));
    }
    if (others.empty()) return;
    std::sort(others.begin(), others.end());
    append_json_string(value_, fmt::format("{{{}}}", fmt::join(others, ",")));
  }

  [[nodiscard]] bool is_read(std::string_view key) const {
    return std::any_of(columns_.begin(), columns_.end(), [key](const EpcisColumn& column) {
      if (column.name == kEventId) return key == "eventID";
      const auto* const field = std::find_if(kFields.begin(), kFields.end(),
                                             [&](const EpcisField& f) { return f.name == column.name; });
      return field != kFields.end() &&
             std::any_of(field->members.begin(), field->members.end(), [key](std::string_view path) {
               return !path.empty() && path.substr(0, path.find('.')) == key;
             });
    });
  }

  std::vector<EpcisColumn> columns_;
  dom::parser parser_;
  simdjson::padded_string padded_;
  std::string value_;
};

EpcisFlattener::EpcisFlattener(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
EpcisFlattener::~EpcisFlattener() = default;
EpcisFlattener::EpcisFlattener(EpcisFlattener&&) noexcept = default;
EpcisFlattener& EpcisFlattener::operator=(EpcisFlattener&&) noexcept = default;

Result<EpcisFlattener> EpcisFlattener::make(std::vector<EpcisColumn> columns) {
  const std::vector<std::string_view> known = epcis_fields();
  for (const EpcisColumn& column : columns) {
    if (std::find(known.begin(), known.end(), column.name) != known.end()) continue;
    const std::string_view near = nearest(column.name, known);
    return fail(ErrorCode::kInvalidInput,
                fmt::format("no field of EPCIS events is called `{}`{}; docs/epcis.md lists them",
                            column.name, near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
  }
  return EpcisFlattener(std::make_unique<Machine>(std::move(columns)));
}

Result<void> EpcisFlattener::append(std::string_view row, std::string& out) {
  return machine_->append(row, out);
}

}  // namespace haul::ingest
