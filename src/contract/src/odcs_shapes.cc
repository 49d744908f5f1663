#include <algorithm>
#include <array>

#include "odcs_common.h"

// The Open Data Contract Standard v3.1.0 as its JSON Schema has it, with the keys that v3.2.0 added. What the
// schema calls deprecated is read where it still means the same.
namespace haul::contract {
namespace {

constexpr std::array kSynonymFields{kId,
                                    text("synonym", kMust),
                                    text("description"),
                                    text("locale"),
                                    text("source"),
                                    text("status"),
                                    kCustomProperties};
constexpr Shape kSynonym{"a synonym", kSynonymFields};
constexpr Field kSynonyms = since_v32(list("synonyms", &kSynonym));
constexpr std::array kStatementFields{text("id"), text("question", kMust), text("answer"), kDefinitions,
                                      kTags,      kCustomProperties};
constexpr Shape kStatement{"a verified statement", kStatementFields};
constexpr std::array kConstraintFields{text("id"), text("constraint", kMust), kDefinitions, kTags,
                                       kCustomProperties};
constexpr Shape kConstraint{"a constraint", kConstraintFields};
constexpr std::array kContextFields{text("instructions"), list("verifiedStatements", &kStatement),
                                    list("constraints", &kConstraint)};
constexpr Shape kContextShape{"a context", kContextFields};
constexpr Field kContext = since_v32({"context", Form::kTextOrObject, kMay, &kContextShape});

// ---- quality

constexpr std::array<std::string_view, 4> kQualityTypes{"text", "library", "sql", "custom"};
constexpr std::array<std::string_view, 7> kDimensions{"accuracy", "completeness", "conformity", "consistency",
                                                      "coverage", "timeliness",   "uniqueness"};
constexpr std::array<std::string_view, 5> kMetrics{"nullValues", "missingValues", "invalidValues",
                                                   "duplicateValues", "rowCount"};
constexpr std::array kQualityBase{kId,
                                  text("name"),
                                  text("description"),
                                  word("type", kQualityTypes),
                                  word("dimension", kDimensions),
                                  text("severity"),
                                  text("method"),
                                  text("businessImpact"),
                                  text("unit"),
                                  text("scheduler"),
                                  text("schedule"),
                                  kTags,
                                  kDefinitions,
                                  kCustomProperties};
constexpr std::array kLibraryFields{word("metric", kMetrics, kMust),
                                    of("arguments", Form::kMap),
                                    of("mustBe", Form::kScalar),
                                    of("mustNotBe", Form::kScalar),
                                    of("mustBeGreaterThan", Form::kNumber),
                                    of("mustBeGreaterOrEqualTo", Form::kNumber),
                                    of("mustBeLessThan", Form::kNumber),
                                    of("mustBeLessOrEqualTo", Form::kNumber),
                                    of("mustBeBetween", Form::kNumberPair),
                                    of("mustNotBeBetween", Form::kNumberPair)};
constexpr std::array kSqlFields{text("query", kMust),
                                of("mustBe", Form::kScalar),
                                of("mustNotBe", Form::kScalar),
                                of("mustBeGreaterThan", Form::kNumber),
                                of("mustBeGreaterOrEqualTo", Form::kNumber),
                                of("mustBeLessThan", Form::kNumber),
                                of("mustBeLessOrEqualTo", Form::kNumber),
                                of("mustBeBetween", Form::kNumberPair),
                                of("mustNotBeBetween", Form::kNumberPair)};
constexpr std::array kCustomFields{text("engine", kMust), of("implementation", Form::kTextOrMap, kMust)};
constexpr Shape kTextRule{"a quality rule of type text", kQualityBase};
constexpr Shape kLibraryRule{"a quality rule of type library", kQualityBase, kLibraryFields};
constexpr Shape kSqlRule{"a quality rule of type sql", kQualityBase, kSqlFields};
constexpr auto kAnyRuleFields = [] {
  std::array<Field, kLibraryFields.size() + 3> fields;
  std::copy(kLibraryFields.begin(), kLibraryFields.end(), fields.begin());
  fields[0].need = kMay;
  fields[kLibraryFields.size()] = text("query");
  fields[kLibraryFields.size() + 1] = text("engine");
  fields[kLibraryFields.size() + 2] = of("implementation", Form::kTextOrMap);
  return fields;
}();
constexpr Shape kAnyRule{"a quality rule", kQualityBase, kAnyRuleFields};
constexpr Shape kCustomRule{"a quality rule of type custom", kQualityBase, kCustomFields};

const Shape* rule_shape(const YamlNode& /*around*/, const YamlNode& rule) {
  const auto type = text_at(rule, "type");
  if (type && std::find(kQualityTypes.begin(), kQualityTypes.end(), *type) == kQualityTypes.end())
    return &kAnyRule;
  if (type == "text") return &kTextRule;
  if (type == "sql") return &kSqlRule;
  if (type == "custom") return &kCustomRule;
  return &kLibraryRule;
}
constexpr Field kQuality{.key = "quality", .form = Form::kObjects, .choose = rule_shape};

// ---- columns

constexpr std::array<std::string_view, 9> kLogicalTypes{"string",  "date",   "timestamp", "time",   "number",
                                                        "integer", "object", "array",     "boolean"};
constexpr std::array<std::string_view, 2> kLogicalTypesOfV32{"map", "vector"};
constexpr std::array<std::string_view, 10> kIntegerFormats{"i8", "i16", "i32", "i64", "i128",
                                                           "u8", "u16", "u32", "u64", "u128"};
constexpr std::array<std::string_view, 2> kNumberFormats{"f32", "f64"};
constexpr std::array<std::string_view, 1> kForeignKey{"foreignKey"};
constexpr std::array<std::string_view, 3> kSemanticTypes{"column", "measure", "dimension"};
constexpr std::array<std::string_view, 1> kObjectWord{"object"};

constexpr std::array kStringOptions{of("minLength", Form::kCount), of("maxLength", Form::kCount),
                                    text("pattern"), text("format")};
constexpr std::array kTimeOptions{text("format"), text("minimum"), text("exclusiveMinimum"), text("maximum"),
                                  text("exclusiveMaximum")};
constexpr std::array kZoneOptions{of("timezone", Form::kBoolean), text("defaultTimezone")};
constexpr std::array kNumericOptions{of("minimum", Form::kNumber), of("exclusiveMinimum", Form::kNumber),
                                     of("maximum", Form::kNumber), of("exclusiveMaximum", Form::kNumber),
                                     of("multipleOf", Form::kNumber)};
constexpr std::array kIntegerFormat{word("format", kIntegerFormats)};
constexpr std::array kNumberFormat{word("format", kNumberFormats)};
constexpr std::array kObjectOptions{of("maxProperties", Form::kCount), of("minProperties", Form::kCount),
                                    of("required", Form::kTextSet)};
constexpr std::array kArrayOptions{of("maxItems", Form::kCount), of("minItems", Form::kCount),
                                   of("uniqueItems", Form::kBoolean)};

const Shape* options_shape(const YamlNode& around, const YamlNode& /*value*/) {
  static constexpr Shape kString{"logicalTypeOptions of a string", kStringOptions};
  static constexpr Shape kDate{"logicalTypeOptions of a date", kTimeOptions};
  static constexpr Shape kTimestamp{"logicalTypeOptions of a timestamp", kTimeOptions, kZoneOptions};
  static constexpr Shape kInteger{"logicalTypeOptions of an integer", kNumericOptions, kIntegerFormat};
  static constexpr Shape kNumber{"logicalTypeOptions of a number", kNumericOptions, kNumberFormat};
  static constexpr Shape kObject{"logicalTypeOptions of an object", kObjectOptions};
  static constexpr Shape kArray{"logicalTypeOptions of an array", kArrayOptions};
  static constexpr Shape kBoolean{"logicalTypeOptions of a boolean", {}};
  const auto type = text_at(around, "logicalType");
  if (type == "string") return &kString;
  if (type == "date") return &kDate;
  if (type == "timestamp" || type == "time") return &kTimestamp;
  if (type == "integer") return &kInteger;
  if (type == "number") return &kNumber;
  if (type == "object") return &kObject;
  if (type == "array") return &kArray;
  if (type == "boolean") return &kBoolean;
  return nullptr;
}

constexpr std::array kEnumFields{of("value", Form::kScalar, kMust),
                                 text("label"),
                                 kId,
                                 text("description"),
                                 kCustomProperties,
                                 kDefinitions,
                                 kTags};
constexpr Shape kEnumValue{"a value of enum", kEnumFields};

constexpr std::array kColumnRelationshipFields{since_v32(text("id")), word("type", kForeignKey),
                                               of("to", Form::kTextOrTexts, kMust), kCustomProperties};
constexpr Shape kColumnRelationship{"a relationship of a column", kColumnRelationshipFields};
constexpr std::array kObjectRelationshipFields{since_v32(text("id")), word("type", kForeignKey),
                                               of("from", Form::kTextOrTexts, kMust),
                                               of("to", Form::kTextOrTexts, kMust), kCustomProperties};
constexpr Shape kObjectRelationship{"a relationship of an object", kObjectRelationshipFields};

extern const Shape kColumn;
extern const Shape kItem;
extern const Shape kMapShape;

constexpr std::array kElementFields{kId,
                                    text("physicalName"),
                                    text("physicalType"),
                                    text("description"),
                                    text("businessName"),
                                    kDefinitions,
                                    kTags,
                                    kCustomProperties,
                                    kQuality,
                                    kSynonyms,
                                    since_v32(of("deprecated", Form::kBoolean))};
constexpr std::array kColumnFields{
    kId,
    text("name", kMust),
    text("physicalName"),
    text("physicalType"),
    text("description"),
    text("businessName"),
    kDefinitions,
    kTags,
    kCustomProperties,
    kQuality,
    kSynonyms,
    of("primaryKey", Form::kBoolean),
    of("primaryKeyPosition", Form::kInteger),
    word("logicalType", kLogicalTypes, kMust, kLogicalTypesOfV32),
    Field{.key = "logicalTypeOptions", .form = Form::kObject, .choose = options_shape},
    of("required", Form::kBoolean),
    of("unique", Form::kBoolean),
    of("partitioned", Form::kBoolean),
    of("partitionKeyPosition", Form::kInteger),
    text("classification"),
    text("encryptedName"),
    of("transformSourceObjects", Form::kTexts),
    text("transformLogic"),
    text("transformDescription"),
    of("examples", Form::kAnys),
    of("criticalDataElement", Form::kBoolean),
    list("relationships", &kColumnRelationship),
    list("properties", &kColumn),
    object("items", &kItem),
    since_v32(word("semanticType", kSemanticTypes)),
    since_v32(list("enum", &kEnumValue)),
    since_v32(object("map", &kMapShape)),
    since_v32(of("deprecated", Form::kBoolean))};
constexpr auto kItemFields = [] {
  auto fields = kColumnFields;
  fields[1].need = kMay;
  return fields;
}();
constexpr std::array kMapFields{object("key", &kItem), object("value", &kItem)};
const Shape kColumn{"a column", kColumnFields};
const Shape kItem{"`items`", kItemFields};
const Shape kMapShape{"a map", kMapFields};

// ---- the contract

constexpr std::array kObjectFields{text("name", kMust),
                                   word("logicalType", kObjectWord),
                                   text("dataGranularityDescription"),
                                   list("properties", &kColumn),
                                   list("relationships", &kObjectRelationship),
                                   kContext};
const Shape kSchemaObject{"an object of the schema", kElementFields, kObjectFields};

constexpr std::array kMemberFields{kId,
                                   text("username", kMust),
                                   text("name"),
                                   text("description"),
                                   text("role"),
                                   of("dateIn", Form::kDate),
                                   of("dateOut", Form::kDate),
                                   text("replacedByUsername"),
                                   kTags,
                                   kCustomProperties,
                                   kDefinitions};
constexpr Shape kMember{"a member of the team", kMemberFields};
constexpr std::array kTeamFields{kId,   text("name"),      text("description"), list("members", &kMember),
                                 kTags, kCustomProperties, kDefinitions};
constexpr Shape kTeam{"a team", kTeamFields};
constexpr std::array kSupportFields{
    kId,          text("channel", kMust), text("url"),           text("description"),
    text("tool"), text("scope"),          text("invitationUrl"), kCustomProperties};
constexpr Shape kSupport{"a support channel", kSupportFields};
constexpr std::array kPriceFields{kId, of("priceAmount", Form::kNumber), text("priceCurrency"),
                                  text("priceUnit")};
constexpr Shape kPrice{"a price", kPriceFields};
constexpr std::array kServiceLevelFields{kId,
                                         text("property", kMust),
                                         of("value", Form::kScalar, kMust),
                                         of("valueExt", Form::kScalar),
                                         text("unit"),
                                         text("element"),
                                         text("driver"),
                                         text("description"),
                                         text("scheduler"),
                                         text("schedule"),
                                         since_v32(kCustomProperties),
                                         since_v32(kDefinitions)};
constexpr Shape kServiceLevel{"a service level", kServiceLevelFields};
constexpr std::array kDescriptionFields{text("usage"), text("purpose"), text("limitations"), kDefinitions,
                                        kCustomProperties};
constexpr Shape kDescription{"a description", kDescriptionFields};

constexpr std::array<std::string_view, 1> kKinds{"DataContract"};
constexpr std::array kContractFields{text("apiVersion", kMust),
                                     word("kind", kKinds, kMust),
                                     text("id", kMust),
                                     text("name", kMust),
                                     text("version", kMust),
                                     text("status", Need::kRequiredInV31),
                                     text("tenant"),
                                     text("domain"),
                                     text("dataProduct"),
                                     kTags,
                                     object("description", &kDescription),
                                     Field{.key = "servers", .form = Form::kObjects, .choose = server_shape},
                                     Field{"schema", Form::kObjects, kMust, &kSchemaObject},
                                     list("support", &kSupport),
                                     object("price", &kPrice),
                                     Field{"team", Form::kObjectOrObjects, kMay, &kTeam, &kMember},
                                     list("roles", &kRole),
                                     text("slaDefaultElement"),
                                     list("slaProperties", &kServiceLevel),
                                     kDefinitions,
                                     kCustomProperties,
                                     of("contractCreatedTs", Form::kTime),
                                     kContext};
const Shape kContract{"a contract", kContractFields};

}  // namespace

const Shape& contract_shape() { return kContract; }

}  // namespace haul::contract
