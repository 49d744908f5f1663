#include "haul/edi/event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "interchanges.h"

namespace haul::edi {
namespace {

/// The values of the fields of the only row of a file, "~" for absent and "!..." for unreadable ones.
std::vector<std::string> values(Standard standard, std::string_view type, const std::string& file,
                                const std::vector<std::string>& names) {
  const ReaderOutput output = read_all(file, {.standard = standard, .message = std::string(type)});
  EXPECT_EQ(reasons(output), std::vector<std::string>{});
  EXPECT_EQ(output.rows.size(), 1U);
  auto reader = EventReader::make(*find_message(standard, type), names);
  EXPECT_TRUE(reader) << reader.error().message;
  const auto read = reader->read(output.rows.at(0).bytes);
  EXPECT_TRUE(read) << read.error().message;
  std::vector<std::string> texts;
  for (const FieldValue& value : **read) {
    texts.push_back(value.state == FieldValue::State::kAbsent       ? "~"
                    : value.state == FieldValue::State::kUnreadable ? "!" + value.text
                                                                    : value.text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

const std::string k214 =
    "ST*214*0001~B10*PRO123*SH0000000001*SWFT~L11*BOL77*BM~L11*PO5*PO~N1*SH*Mill & Co~N4*Reno*NV*89501*US~"
    "N1*CN*Shop~N4*Elko*NV*89801~LX*1~AT7*X3*NS***20240701*1330*PT~MS1*Reno*NV*US*1194849*0393147*W*N~"
    "MS2*SWFT*TRL9*TL~AT8*G*L*01200*12~MAN*CP*123~SE*15*0001~";

TEST(EventReader, ReadsAShipmentStatus) {
  EXPECT_EQ(values(Standard::kX12, "214", interchange(k214),
                   {"shipment_id", "reference_id", "carrier", "bill_of_lading", "purchase_order",
                    "status_code", "reason_code", "ts", "city", "state", "country", "latitude", "longitude",
                    "equipment_id", "weight", "weight_unit", "pieces", "appointment_status_code"}),
            (Texts{"SH0000000001", "PRO123", "SWFT", "BOL77", "PO5", "X3", "NS", "2024-07-01T13:30:00-07:00",
                   "Reno", "NV", "US", "39.529722", "-119.813611", "TRL9", "1200", "L", "12", "~"}));
}

TEST(EventReader, ReadsTheEnvelope) {
  EXPECT_EQ(
      values(Standard::kX12, "214", interchange(k214),
             {"interchange_id", "sender", "receiver", "interchange_time", "usage", "group_control", "version",
              "transaction_type", "transaction_control"}),
      (Texts{"000000905", "SWFT", "HAULSHIPPER", "2024-03-01T14:05:00", "P", "77", "004010", "214", "0001"}));
}

TEST(EventReader, KeepsThePartiesApart) {
  EXPECT_EQ(values(Standard::kX12, "214", interchange(k214),
                   {"shipper_name", "shipper_city", "consignee_name", "consignee_city", "consignee_country"}),
            (Texts{"Mill & Co", "Reno", "Shop", "Elko", "~"}));
}

TEST(EventReader, GivesTheSegmentsThatNobodyReadAsJson) {
  EXPECT_EQ(values(Standard::kX12, "214", interchange(k214),
                   {"shipment_id", "references", "shipper_city", "consignee_city", "status_code", "city",
                    "equipment_id", "weight", "assigned_number", "other_segments"}),
            (Texts{"SH0000000001", R"([{"qualifier":"BM","value":"BOL77"},{"qualifier":"PO","value":"PO5"}])",
                   "Reno", "Elko", "X3", "Reno", "TRL9", "1200", "1",
                   R"([["N1","SH","Mill & Co"],["N1","CN","Shop"],["MAN","CP","123"]])"}));
}

TEST(EventReader, ReadsAStopOfATender) {
  const std::string tender =
      "ST*204*0001~B2**SWFT**L100**PP~B2A*00~L11*BOL1*BM~G62*64*20240301*1*1800*ES~S5*1*CL*1000*L*20*CT~"
      "L11*REF9*SI~G62*37*20240302*I*0800*CT~G62*38*20240302*K*1600*CT~N1*SF*Mill*93*M1~N3*1 Main St~"
      "N4*Reno*NV*89501*US~L3*1000*G***123456******20~SE*14*0001~";

  EXPECT_EQ(values(Standard::kX12, "204", interchange(tender),
                   {"carrier", "shipment_id", "purpose", "bill_of_lading", "respond_by", "stop_number",
                    "stop_reason", "stop_references", "earliest", "latest", "scheduled", "stop_name",
                    "stop_site_id", "stop_street", "stop_city", "total_charge", "total_pieces"}),
            (Texts{"SWFT", "L100", "00", "BOL1", "2024-03-01T18:00:00-05:00", "1", "CL",
                   R"([{"qualifier":"SI","value":"REF9"}])", "2024-03-02T08:00:00-06:00",
                   "2024-03-02T16:00:00-06:00", "~", "Mill", "M1", "1 Main St", "Reno", "1234.56", "20"}));
}

TEST(EventReader, ReadsAnInvoiceAndAnAnswer) {
  const std::string invoice =
      "ST*210*0001~B3**INV7*SH1*PP*L*20240305*12050**20240303*035*SWFT~C3*USD~N9*BM*BOL77~LX*1~"
      "L1*1*2.5*PM*11550****400****FUEL SURCHARGE~L1*2***5~L3*1000*G***12050******12~SE*9*0001~";
  EXPECT_EQ(values(Standard::kX12, "210", interchange(invoice),
                   {"invoice_number", "shipment_id", "net_amount", "invoice_date", "delivery_date",
                    "currency", "bill_of_lading", "charges", "total_charge", "carrier"}),
            (Texts{"INV7", "SH1", "120.50", "2024-03-05", "2024-03-03", "USD", "BOL77",
                   R"([{"line":"1","rate":"2.5","rate_qualifier":"PM","amount":"115.50","code":"400",)"
                   R"("description":"FUEL SURCHARGE"},{"line":"2","amount":"0.05"}])",
                   "120.50", "SWFT"}));
  EXPECT_EQ(
      values(Standard::kX12, "990", interchange("ST*990*0001~B1*SWFT*L100*20240302*D~N9*CN*5~SE*4*0001~"),
             {"carrier", "shipment_id", "answer_date", "action", "references"}),
      (Texts{"SWFT", "L100", "2024-03-02", "D", R"([{"qualifier":"CN","value":"5"}])"}));
}

TEST(EventReader, ReadsAStatusOfAConsignment) {
  const std::string file =
      "UNB+UNOC:3+CARRIER:ZZ+HAUL:ZZ+240301:1405+REF77'UNH+1+IFTSTA:D:96A:UN'BGM+77+DOC5+9'DTM+137:"
      "202403011400:203'"
      "NAD+CZ+++Smith ?+ Sons'NAD+CA+SUDU::ZZ'RFF+BM:B99'CNI+1+SH1'LOC+5+NLRTM'STS+1+21::ZZZ:Arr?'d+7'"
      "DTM+132:20240303:102'DTM+334:202403011330?+0100:205'LOC+11+USNYC:139:6:New "
      "York'TDT+20+V12+1++MSC::ZZ+++9:::EVER'"
      "EQD+CN+MSCU1234567'GID+1+12:CT'MEA+AAE+G+KGM:1200,5'FTX+AAI+++It?'s here'UNT+18+1'UNZ+1+REF77'";

  EXPECT_EQ(values(Standard::kEdifact, "IFTSTA", file,
                   {"document_id",    "message_time",      "consignor_name",   "carrier",       "shipment_id",
                    "origin",         "status_code",       "status_text",      "reason_code",   "ts",
                    "ts_qualifier",   "estimated_arrival", "location",         "location_name", "voyage",
                    "transport_name", "equipment_id",      "pieces",           "weight",        "remarks",
                    "sender",         "interchange_id",    "interchange_time", "version"}),
            (Texts{"DOC5",
                   "2024-03-01T14:00:00",
                   "Smith + Sons",
                   "SUDU",
                   "SH1",
                   "NLRTM",
                   "21",
                   "Arr'd",
                   "7",
                   "2024-03-01T13:30:00+01:00",
                   "334",
                   "2024-03-03",
                   "USNYC",
                   "New York",
                   "V12",
                   "EVER",
                   "MSCU1234567",
                   "12",
                   "1200.5",
                   "It's here",
                   "CARRIER",
                   "REF77",
                   "2024-03-01T14:05:00",
                   "96A"}));
}

TEST(EventReader, ShowsADateOfNoCalendarAsUnreadable) {
  const std::string file =
      interchange("ST*214*0001~B10*P*S*SWFT~LX*1~AT7*X1*NS***20240231*1330*ET~SE*5*0001~");

  EXPECT_EQ(values(Standard::kX12, "214", file, {"ts", "status_code"}), (Texts{"!20240231 1330 ET", "X1"}));
}

TEST(EventReader, RefusesANameThatNoFieldHas) {
  const auto reader = EventReader::make(*find_message(Standard::kX12, "214"), {"shipment", "ts"});

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().message, "no field of 214 is called `shipment`; docs/edi.md lists them");
}

TEST(EventReader, RefusesBytesThatAreNoRowOfTheMessage) {
  auto reader = EventReader::make(*find_message(Standard::kX12, "214"), {"ts"});
  ASSERT_TRUE(reader);
  const std::string heads = isa() + "GS*QM*A*B*20240301*1405*77*X*004010~";

  for (const std::string& row :
       {std::string(), std::string("ISA*"), std::string("{}"), isa(), heads, heads + "ST*990*1~",
        heads + "ST*214*1~B10*", heads + status_214(), heads + "ST*214*1~AT7*X1~AT7*X2~"}) {
    EXPECT_FALSE(reader->read(row)) << row;
  }
}

TEST(EventReader, HasEveryFieldOnThePageOfFields) {
  std::ifstream file("docs/edi.md");
  std::stringstream page;
  page << file.rdbuf();

  for (const Standard standard : {Standard::kX12, Standard::kEdifact}) {
    for (const std::string_view type : message_types(standard)) {
      for (const FieldInfo& field : fields_of(*find_message(standard, type))) {
        EXPECT_NE(page.str().find(fmt::format("| `{}` | {} |", field.name, field.type)), std::string::npos)
            << type << " " << field.name << " " << field.type;
      }
    }
  }
}

}  // namespace
}  // namespace haul::edi
