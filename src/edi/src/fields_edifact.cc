#include <array>

#include "field.h"

namespace haul::edi {
namespace {

using Kind = Field::Kind;
using Where = Field::Where;

constexpr Field text(std::string_view name, std::string_view tag, std::uint16_t element,
                     std::uint16_t component = 0) {
  return {name, Kind::kText, tag, element, component};
}
constexpr Field number(std::string_view name, std::string_view tag, std::uint16_t element,
                       std::uint16_t component = 0) {
  return {name, Kind::kNumber, tag, element, component};
}
constexpr Field dtm(std::string_view name) { return {name, Kind::kPeriod, "DTM", 1, 2}; }

/// DTM qualifiers that say when a status came about, the most definite first: status change, effective,
/// actual arrival, departure, delivery and pick-up.
constexpr std::string_view kStatusTimes = "334 7 178 186 35 200";
constexpr std::string_view kWeights = "G AAB AAD AAE WT";

constexpr std::array kEnvelope = {
    text("interchange_id", "UNB", 5),
    text("sender", "UNB", 2, 1),
    text("sender_qualifier", "UNB", 2, 2),
    text("receiver", "UNB", 3, 1),
    text("receiver_qualifier", "UNB", 3, 2),
    Field{"interchange_time", Kind::kUnbTime, "UNB", 4},
    text("usage", "UNB", 11),
    text("group_control", "UNG", 5),
    text("version", "UNH", 2, 3),
    text("transaction_type", "UNH", 2, 1),
    text("transaction_control", "UNH", 1),
};

constexpr std::array kIftsta = {
    text("document_code", "BGM", 1, 1),
    text("document_id", "BGM", 2, 1),
    text("message_function", "BGM", 3),
    dtm("message_time").when(1, "137", 1).in(Where::kHeading),
    text("consignor_id", "NAD", 2, 1).when(1, "CZ"),
    text("consignor_name", "NAD", 4, 1).when(1, "CZ"),
    text("consignor_name", "NAD", 3, 1).when(1, "CZ"),
    text("consignee_id", "NAD", 2, 1).when(1, "CN"),
    text("consignee_name", "NAD", 4, 1).when(1, "CN"),
    text("consignee_name", "NAD", 3, 1).when(1, "CN"),
    text("carrier", "NAD", 2, 1).when(1, "CA"),
    text("carrier", "TDT", 5, 1),
    Field{"references", Kind::kReferences, "RFF", 1, 2, 0, 0, 1, 1},
    number("consignment_number", "CNI", 1),
    text("shipment_id", "CNI", 2, 1),
    text("origin", "LOC", 2, 1).when(1, "5 88 9"),
    text("destination", "LOC", 2, 1).when(1, "8 7 11"),
    text("status_category", "STS", 1, 1),
    text("status_code", "STS", 2, 1),
    text("status_text", "STS", 2, 4),
    text("reason_code", "STS", 3, 1),
    dtm("ts").when(1, kStatusTimes, 1).in(Where::kLoop),
    dtm("ts").in(Where::kLoop),
    text("ts_qualifier", "DTM", 1, 1).when(1, kStatusTimes, 1).in(Where::kLoop),
    text("ts_qualifier", "DTM", 1, 1).in(Where::kLoop),
    dtm("estimated_arrival").when(1, "132", 1),
    dtm("estimated_delivery").when(1, "17", 1),
    text("location_qualifier", "LOC", 1).in(Where::kLoop),
    text("location", "LOC", 2, 1).in(Where::kLoop),
    text("location_name", "LOC", 2, 4).in(Where::kLoop),
    text("voyage", "TDT", 2),
    text("transport_mode", "TDT", 3, 1),
    text("transport_id", "TDT", 8, 1),
    text("transport_name", "TDT", 8, 4),
    text("equipment_type", "EQD", 1),
    text("equipment_id", "EQD", 2, 1),
    text("seal", "SEL", 1),
    number("pieces", "GID", 2, 1),
    text("package_type", "GID", 2, 2),
    number("weight", "MEA", 3, 2).when(2, kWeights, 1),
    text("weight_unit", "MEA", 3, 1).when(2, kWeights, 1),
    text("remarks", "FTX", 4, 1),
};

}  // namespace

std::span<const Field> edifact_envelope_fields() { return kEnvelope; }
std::span<const Field> iftsta_fields() { return kIftsta; }

}  // namespace haul::edi
