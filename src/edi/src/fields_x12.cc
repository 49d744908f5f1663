#include <array>

#include "field.h"

namespace haul::edi {
namespace {

using Kind = Field::Kind;
using Where = Field::Where;

constexpr Field text(std::string_view name, std::string_view tag, std::uint16_t element) {
  return {name, Kind::kText, tag, element};
}
constexpr Field number(std::string_view name, std::string_view tag, std::uint16_t element) {
  return {name, Kind::kNumber, tag, element};
}
constexpr Field amount(std::string_view name, std::string_view tag, std::uint16_t element) {
  return {name, Kind::kAmount, tag, element};
}
constexpr Field moment(std::string_view name, std::string_view tag, std::uint16_t date, std::uint16_t time,
                       std::uint16_t code) {
  return {name, Kind::kDateTime, tag, date, 0, time, code};
}
/// A date and time of G62, whose date qualifier and time qualifier both tell what it is.
constexpr Field g62(std::string_view name) { return moment(name, "G62", 2, 4, 5); }
constexpr Field references(std::string_view name, std::string_view tag, std::uint16_t value,
                           std::uint16_t qualifier) {
  return {name, Kind::kReferences, tag, value, 0, 0, 0, qualifier};
}
/// A reference number of one kind.
constexpr Field l11(std::string_view name, std::string_view code) {
  return text(name, "L11", 1).when(2, code);
}
constexpr Field n9(std::string_view name, std::string_view code) { return text(name, "N9", 2).when(1, code); }

constexpr std::array kEnvelope = {
    text("interchange_id", "ISA", 13),
    text("sender", "ISA", 6),
    text("sender_qualifier", "ISA", 5),
    text("receiver", "ISA", 8),
    text("receiver_qualifier", "ISA", 7),
    moment("interchange_time", "ISA", 9, 10, 0),
    text("usage", "ISA", 15),
    text("group_control", "GS", 6),
    text("application_sender", "GS", 2),
    text("application_receiver", "GS", 3),
    moment("group_time", "GS", 4, 5, 0),
    text("version", "GS", 8),
    text("transaction_type", "ST", 1),
    text("transaction_control", "ST", 2),
};

constexpr std::array k214 = {
    text("reference_id", "B10", 1),
    text("shipment_id", "B10", 2),
    text("carrier", "B10", 3),
    l11("bill_of_lading", "BM"),
    l11("purchase_order", "PO"),
    references("references", "L11", 1, 2),
    text("shipper_name", "N1", 2).when(1, "SH SF"),
    text("shipper_city", "N4", 1).of("SH SF"),
    text("shipper_state", "N4", 2).of("SH SF"),
    text("shipper_postal_code", "N4", 3).of("SH SF"),
    text("shipper_country", "N4", 4).of("SH SF"),
    text("consignee_name", "N1", 2).when(1, "CN ST"),
    text("consignee_city", "N4", 1).of("CN ST"),
    text("consignee_state", "N4", 2).of("CN ST"),
    text("consignee_postal_code", "N4", 3).of("CN ST"),
    text("consignee_country", "N4", 4).of("CN ST"),
    number("assigned_number", "LX", 1),
    text("status_code", "AT7", 1),
    text("reason_code", "AT7", 2),
    text("appointment_status_code", "AT7", 3),
    text("appointment_reason_code", "AT7", 4),
    moment("ts", "AT7", 5, 6, 7),
    text("time_code", "AT7", 7),
    text("city", "MS1", 1),
    text("state", "MS1", 2),
    text("country", "MS1", 3),
    Field{"longitude", Kind::kDegrees, "MS1", 4, 0, 6},
    Field{"latitude", Kind::kDegrees, "MS1", 5, 0, 7},
    text("equipment_owner", "MS2", 1),
    text("equipment_id", "MS2", 2),
    text("equipment_type", "MS2", 3),
    text("weight_qualifier", "AT8", 1),
    text("weight_unit", "AT8", 2),
    number("weight", "AT8", 3),
    number("pieces", "AT8", 4),
    text("remarks", "K1", 1),
};

constexpr std::array k204 = {
    text("carrier", "B2", 2),
    text("shipment_id", "B2", 4),
    text("payment_method", "B2", 6),
    text("purpose", "B2A", 1),
    text("application_type", "B2A", 2),
    l11("bill_of_lading", "BM").in(Where::kHeading),
    l11("purchase_order", "PO").in(Where::kHeading),
    references("references", "L11", 1, 2).in(Where::kHeading),
    g62("respond_by").when(1, "64").in(Where::kHeading),
    text("transport_method", "MS3", 4).in(Where::kHeading),
    text("equipment_id", "N7", 2),
    number("stop_number", "S5", 1),
    text("stop_reason", "S5", 2),
    number("stop_weight", "S5", 3),
    text("stop_weight_unit", "S5", 4),
    number("stop_pieces", "S5", 5),
    text("stop_pieces_unit", "S5", 6),
    references("stop_references", "L11", 1, 2).in(Where::kLoop),
    g62("earliest").when(1, "37 53").in(Where::kLoop),
    g62("earliest").when(3, "G I").in(Where::kLoop),
    g62("latest").when(1, "38 54").in(Where::kLoop),
    g62("latest").when(3, "K L").in(Where::kLoop),
    g62("scheduled").when(1, "69 70 77 78").in(Where::kLoop),
    g62("scheduled").when(3, "U X").in(Where::kLoop),
    g62("requested").when(1, "10 68").in(Where::kLoop),
    text("stop_party", "N1", 1).in(Where::kLoop),
    text("stop_name", "N1", 2).in(Where::kLoop),
    text("stop_site_id", "N1", 4).in(Where::kLoop),
    text("stop_street", "N3", 1).in(Where::kLoop),
    text("stop_city", "N4", 1).in(Where::kLoop),
    text("stop_state", "N4", 2).in(Where::kLoop),
    text("stop_postal_code", "N4", 3).in(Where::kLoop),
    text("stop_country", "N4", 4).in(Where::kLoop),
    number("total_weight", "L3", 1),
    amount("total_charge", "L3", 5),
    number("total_pieces", "L3", 11),
    text("remarks", "NTE", 2),
};

constexpr std::array k210 = {
    text("invoice_number", "B3", 2),
    text("shipment_id", "B3", 3),
    text("payment_method", "B3", 4),
    moment("invoice_date", "B3", 6, 0, 0),
    amount("net_amount", "B3", 7),
    text("correction", "B3", 8),
    moment("delivery_date", "B3", 9, 0, 0),
    text("carrier", "B3", 11),
    text("currency", "C3", 1),
    n9("bill_of_lading", "BM"),
    l11("bill_of_lading", "BM"),
    n9("purchase_order", "PO"),
    l11("purchase_order", "PO"),
    references("references", "N9", 2, 1),
    references("references", "L11", 1, 2),
    text("shipper_name", "N1", 2).when(1, "SH SF"),
    text("shipper_city", "N4", 1).of("SH SF"),
    text("shipper_state", "N4", 2).of("SH SF"),
    text("shipper_postal_code", "N4", 3).of("SH SF"),
    text("consignee_name", "N1", 2).when(1, "CN ST"),
    text("consignee_city", "N4", 1).of("CN ST"),
    text("consignee_state", "N4", 2).of("CN ST"),
    text("consignee_postal_code", "N4", 3).of("CN ST"),
    text("bill_to_name", "N1", 2).when(1, "BT"),
    text("equipment_id", "N7", 2),
    Field{"charges", Kind::kCharges, "L1", 4},
    number("total_weight", "L3", 1),
    amount("total_charge", "L3", 5),
    number("total_pieces", "L3", 11),
};

constexpr std::array k990 = {
    text("carrier", "B1", 1), text("shipment_id", "B1", 2),         moment("answer_date", "B1", 3, 0, 0),
    text("action", "B1", 4),  references("references", "N9", 2, 1), references("references", "L11", 1, 2),
    text("remarks", "K1", 1),
};

}  // namespace

std::span<const Field> x12_envelope_fields() { return kEnvelope; }

std::span<const Field> x12_fields(std::string_view type) {
  if (type == "214") return k214;
  if (type == "204") return k204;
  if (type == "210") return k210;
  return k990;
}

}  // namespace haul::edi
