#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "epcis_event.h"
#include "haul/base/hash.h"
#include "haul/ingest/key_reader.h"
#include "haul/ingest/row_splitter.h"
#include "memory_file.h"
#include "raw_rows.h"

namespace haul::ingest {
namespace {

const FormatOptions kEpcis{.format = Format::kEpcis};

/// "line row" of each row and "line! reason" of what was refused, in pieces of `chunk` bytes.
std::vector<std::string> cut(const std::string& content, std::uint32_t chunk = 1U << 20U,
                             std::uint32_t row_max = 1U << 20U) {
  const MemoryFile file(content);
  auto splitter = RowSplitter::open(file, kEpcis, {.chunk_bytes = chunk, .row_bytes_max = row_max});
  EXPECT_TRUE(splitter);
  std::vector<std::string> found;
  for (bool last = false; !last;) {
    const auto rows = (*splitter)->next();
    EXPECT_TRUE(rows);
    const RawRows raw = rows->view();
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto begin = static_cast<std::size_t>(raw.ends[row]);
      const auto bytes = static_cast<std::size_t>(raw.ends[row + 1]) - begin;
      found.push_back(
          fmt::format("{} {}", rows->lines[row],
                      std::string_view(reinterpret_cast<const char*>(raw.bytes.data()) + begin, bytes)));
    }
    for (const auto& row : rows->too_long)
      found.push_back(fmt::format("{}! {}", row.line, too_long_reason(row)));
    last = rows->last;
  }
  return found;
}

using Rows = std::vector<std::string>;

std::string document(const std::string& events) {
  return R"({"@context":["x",{"e":"http://e"}],"type":"EPCISDocument","epcisHeader":{"eventList":"[{"},)"
         R"("epcisBody":{"note":"eventList","eventList":[)" +
         events + R"(]},"after":[{"x":1}]})";
}

TEST(EpcisSplitter, GivesTheEventsOfADocument) {
  EXPECT_EQ(cut(document(" {\"a\":{\"b\":[1,{}]}} ,\n{\"c\":\"]}\\\"\"}")),
            (Rows{"1 {\"a\":{\"b\":[1,{}]}}", "2 {\"c\":\"]}\\\"\"}"}));
  EXPECT_EQ(cut(document("")), Rows{});
  EXPECT_EQ(cut(R"({"epcisBody":{"queryResults":{"resultsBody":{"eventList":[{"a":1}]}}}})"),
            (Rows{"1 {\"a\":1}"}));
}

TEST(EpcisSplitter, GivesTheElementsOfAnArrayAndEventsAlone) {
  EXPECT_EQ(cut("[{\"a\":1}, {\"b\":[2]}]"), (Rows{"1 {\"a\":1}", "2 {\"b\":[2]}"}));
  EXPECT_EQ(cut("\xEF\xBB\xBF{\"a\":1}\n{\n \"b\": 2\n}\r\n\n{\"eventList\":[1]}"),
            (Rows{"1 {\"a\":1}", "2 {\n \"b\": 2\n}", "3 {\"eventList\":[1]}"}));
  EXPECT_EQ(cut(document("{\"a\":1}") + "\n" + document("{\"b\":1}")), (Rows{"1 {\"a\":1}", "2 {\"b\":1}"}));
  EXPECT_EQ(cut(""), Rows{});
}

TEST(EpcisSplitter, GivesTheSameHoweverTheFileIsCut) {
  const std::string file = document("{\"a\":\"x\\\\\"},{\"b\":[1,2,{\"c\":null}]},7,\"t\"") +
                           "\n{\"a\":\"unended\n{\"b\":2}\n[{\"c\":3}]\nword\n{\"d\":";
  const Rows whole = cut(file);
  EXPECT_EQ(whole, (Rows{"1 {\"a\":\"x\\\\\"}", "2 {\"b\":[1,2,{\"c\":null}]}", "3 7", "4 \"t\"",
                         "5 {\"a\":\"unended", "6 {\"b\":2}", "7 {\"c\":3}", "8 word", "9 {\"d\":"}));

  for (const std::uint32_t chunk : {1U, 2U, 3U, 7U, 50U}) EXPECT_EQ(cut(file, chunk), whole) << chunk;
}

TEST(EpcisSplitter, KeepsTheNeighboursOfAnEventThatLostABracketOrAQuote) {
  EXPECT_EQ(cut(document("{\"a\":[1},{\"b\":2}")), (Rows{"1 {\"a\":[1}", "2 {\"b\":2}"}));
  EXPECT_EQ(cut(document("{\"a\":1}},{\"b\":2}")), (Rows{"1 {\"a\":1}", "2 {\"b\":2}"}));
  EXPECT_EQ(cut(document("{\"a\":1],{\"b\":2}")), (Rows{"1 {\"a\":1", "2 {\"b\":2}"}));
  EXPECT_EQ(cut(document("{\"a\":\"x},\n{\"b\":2}")), (Rows{"1 {\"a\":\"x},", "2 {\"b\":2}"}));
}

TEST(EpcisSplitter, BoundsARowHoweverLongItIs) {
  const std::string longest = "{\"a\":\"" + std::string(1'000, 'x') + "\"}";

  EXPECT_EQ(cut(document(longest + ",{\"b\":2}"), 64, 100),
            (Rows{"2 {\"b\":2}", "1! the row has 1008 bytes; its first 100 are kept"}));
  EXPECT_EQ(
      cut("{\"epcisHeader\":\"" + std::string(1'000, 'x') + "\",\"epcisBody\":{\"eventList\":[{\"b\":2}]}}",
          64, 100),
      (Rows{"1 {\"b\":2}"}));
}

TEST(EpcisSplitter, TakesAnyDepth) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";

  const Rows rows = cut(document(deep + ",{\"b\":2}"));

  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].size(), 2 + deep.size());
  EXPECT_EQ(rows[1], "2 {\"b\":2}");
}

TEST(EpcisSplitter, SaysWhereADocumentEndsTooEarly) {
  EXPECT_EQ(cut(R"({"epcisBody":{"eventList":[{"a":1}, )"),
            (Rows{"1 {\"a\":1}", "2! the document ends before it is closed"}));
}

const std::string kEvent =
    R"({"type":"ObjectEvent","action":"OBSERVE","eventTime":"2024-03-01T10:00:00.000+01:00",)"
    R"("eventTimeZoneOffset":"+01:00","epcList":["urn:epc:id:sscc:1.2","urn:epc:id:sscc:1.3"],)"
    R"("bizStep":"urn:epcglobal:cbv:bizstep:shipping","disposition":"in_transit",)"
    R"("readPoint":{"id":"urn:epc:id:sgln:4.5.0"},"sensorElementList":[{"sensorReport":[{"value":3.5}]}],)"
    R"("e:truck":"T1"})";

const columnar::Schema kSchema{{{"event_id", arrow::utf8(), columnar::Presence::kRequired},
                                {"type", arrow::utf8()},
                                {"ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                {"epcs", arrow::list(arrow::utf8())},
                                {"biz_step", arrow::utf8()},
                                {"disposition", arrow::utf8()},
                                {"read_point", arrow::utf8()},
                                {"biz_location", arrow::utf8()},
                                {"sensors", arrow::utf8()},
                                {"is_error", arrow::boolean()},
                                {"error_reason", arrow::utf8()},
                                {"other_fields", arrow::utf8()}}};

DecodedBatch decoded_events(const std::vector<std::string>& rows) {
  const auto decoder = Decoder::make(kEpcis, kSchema, {});
  EXPECT_TRUE(decoder) << decoder.error().message;
  return decoded(**decoder, rows);
}

std::string id_of(const std::string& event) { return cell(decoded_events({event}), "event_id", 0); }

TEST(EpcisDecoder, FillsTheColumnsOfTheContractByName) {
  const DecodedBatch batch = decoded_events({kEvent});

  EXPECT_EQ(rejections(batch), "");
  EXPECT_EQ(cell(batch, "ts", 0), "2024-03-01 09:00:00.000000Z");
  EXPECT_EQ(cell(batch, "biz_step", 0), "shipping");
  EXPECT_EQ(cell(batch, "disposition", 0), "in_transit");
  EXPECT_EQ(cell(batch, "read_point", 0), "urn:epc:id:sgln:4.5.0");
  EXPECT_EQ(cell(batch, "biz_location", 0), "null");
  EXPECT_EQ(cell(batch, "sensors", 0), R"([{"sensorReport":[{"value":3.5}]}])");
  EXPECT_EQ(cell(batch, "is_error", 0), "false");
  EXPECT_EQ(cell(batch, "other_fields", 0),
            R"({"action":"OBSERVE","e:truck":"T1","eventTimeZoneOffset":"+01:00"})");
  EXPECT_NE(cell(batch, "epcs", 0).find("urn:epc:id:sscc:1.3"), std::string::npos);
}

TEST(EpcisDecoder, GivesAnEventWithoutAnIdTheHashOfItsContent) {
  std::string reordered =
      R"({ "e:truck":"\u0054\u0031", )" + kEvent.substr(1, kEvent.rfind(",\"e:truck\"") - 1) + "}";
  std::string swapped = kEvent;
  swapped.replace(swapped.find("sscc:1.2"), 8, "sscc:1.9");

  EXPECT_TRUE(id_of(kEvent).starts_with("urn:haul:epcis:sha-256:")) << id_of(kEvent);
  EXPECT_EQ(id_of(reordered), id_of(kEvent));
  EXPECT_EQ(id_of(R"({"recordTime":"2024-03-02T00:00:00Z","errorDeclaration":{"reason":"did_not_occur"},)" +
                  kEvent.substr(1)),
            id_of(kEvent));
  EXPECT_NE(id_of(swapped), id_of(kEvent));
  EXPECT_EQ(id_of(R"({"eventID":"ni:///x",)" + kEvent.substr(1)), "ni:///x");
}

TEST(EpcisDecoder, HashesTheCanonicalFormThatThePageDescribes) {
  const std::string canonical = R"({"epcList":["a","b"],"n":{"x":1.5,"y":[]},"type":"ObjectEvent"})";
  Sha256 hash;
  hash.update(as_bytes(canonical));

  EXPECT_EQ(id_of(R"({"type":"ObjectEvent", "n":{"y":[],"x":15e-1},"epcList":["b","a"],"@context":"x"})"),
            "urn:haul:epcis:sha-256:" + hash.finish());
}

TEST(EpcisDecoder, ReadsTheErrorDeclaration) {
  const DecodedBatch batch = decoded_events(
      {R"({"errorDeclaration":{"declarationTime":"2024-03-02T00:00:00Z","reason":"incorrect_data"},)" +
       kEvent.substr(1)});

  EXPECT_EQ(cell(batch, "is_error", 0), "true");
  EXPECT_EQ(cell(batch, "error_reason", 0), "incorrect_data");
}

TEST(EpcisDecoder, TakesTheZoneFromItsOwnMemberWhereTheTimeHasNone) {
  const DecodedBatch batch = decoded_events(
      {R"({"type":"ObjectEvent","eventTime":"2024-03-01T10:00:00","eventTimeZoneOffset":"-06:00"})"});

  EXPECT_EQ(cell(batch, "ts", 0), "2024-03-01 16:00:00.000000Z");
}

TEST(EpcisDecoder, RejectsWhatIsNoEventAlone) {
  const DecodedBatch batch = decoded_events({"{", kEvent, "[1]", R"({"a":1})", R"({"type":"EPCISDocument"})",
                                             R"({"type":"ObjectEvent","type":"x"})",
                                             R"({"type":"ObjectEvent","eventTime":"noon"})"});

  EXPECT_EQ(batch.row_of, std::vector<std::uint32_t>{1});
  ASSERT_EQ(batch.rejected.size(), 6U);
  EXPECT_EQ(batch.rejected[1].reason, "an event is a JSON object");
  EXPECT_EQ(batch.rejected[3].reason, "\"EPCISDocument\" is no type of EPCIS event");
  EXPECT_EQ(batch.rejected[4].reason, "the member \"type\" stands twice");
  EXPECT_EQ(batch.rejected[5].rule, "type.ts");
  EXPECT_EQ(batch.rejected[5].row, 6U);
}

TEST(EpcisDecoder, RefusesAColumnThatNoFieldFeeds) {
  const auto decoder = Decoder::make(kEpcis, {{{"biz_stepp", arrow::utf8()}}}, {});

  ASSERT_FALSE(decoder);
  EXPECT_NE(decoder.error().message.find("did you mean `biz_step`?"), std::string::npos);
}

TEST(EpcisKeyReader, HashesTheFieldsOfTheKey) {
  const auto reader = KeyReader::make(kEpcis, {}, {"read_point"});
  ASSERT_TRUE(reader);
  std::vector<std::uint64_t> hashes;
  const TestRows raw({kEvent, "no event"});

  (*reader)->hashes(raw.view(), hashes);

  const std::string place = "urn:epc:id:sgln:4.5.0";
  EXPECT_EQ(hashes[0], hash64(std::string{static_cast<char>(place.size()), 0, 0, 0} + place));
  EXPECT_EQ(hashes[1], hash64({}));
}

TEST(EpcisFields, StandOnThePageOfFields) {
  std::ifstream file("docs/epcis.md");
  std::stringstream page;
  page << file.rdbuf();

  for (const std::string_view field : epcis_fields())
    EXPECT_NE(page.str().find(fmt::format("| `{}` |", field)), std::string::npos) << field;
}

}  // namespace
}  // namespace haul::ingest
