#include "haul/server/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "haul/server/system_api.h"

namespace haul::server {
namespace {

using ::testing::HasSubstr;

class Everyone final : public Authenticator {
 public:
  std::variant<Caller, Response> authenticate(const RequestHead&, std::string_view scope) override {
    asked = scope;
    return Caller{.name = "anonymous"};
  }
  std::string asked;
};

Route route(std::string method, std::string pattern, std::string scope = "", std::uint64_t body = 0) {
  return {.method = std::move(method),
          .pattern = std::move(pattern),
          .scope = std::move(scope),
          .body_bytes_max = body,
          .handle = [](const std::shared_ptr<Request>&, const Respond&) {},
          .summary = "A \"route\"."};
}

class RouteTableTest : public ::testing::Test {
 protected:
  unsigned status(std::string method, std::string path, std::optional<std::uint64_t> length = {}) {
    head = {};
    head.method = std::move(method);
    head.path = std::move(path);
    head.content_length = length;
    const auto found = admit(table, everyone, head);
    return std::holds_alternative<Response>(found) ? std::get<Response>(found).status : 200U;
  }

  RouteTable table{{route("POST", "/v1/ingest/{source}", "ingest:{source}", 100), route("GET", "/healthz")}};
  Everyone everyone;
  RequestHead head;
};

TEST_F(RouteTableTest, FillsParametersIntoTheScope) {
  EXPECT_EQ(status("POST", "/v1/ingest/my%20legs", 5), 200U);

  EXPECT_EQ(head.parameters.at("source"), "my legs");
  EXPECT_EQ(everyone.asked, "ingest:my legs");
}

TEST_F(RouteTableTest, SaysWhichMethodsAPathTakes) {
  EXPECT_EQ(status("GET", "/v1/ingest/legs"), 405U);
  EXPECT_EQ(status("HEAD", "/healthz"), 200U);
}

TEST_F(RouteTableTest, TakesASegmentForOneSegmentWhateverIsInIt) {
  EXPECT_EQ(status("POST", "/v1/ingest/..%2f..%2fetc", 5), 200U);
  EXPECT_EQ(head.parameters.at("source"), "../../etc");
  for (const char* path : {"/v1/ingest/", "/v1/ingest/a/b", "/v1/ingest", "//v1/ingest/a", "/v1/ingest/%00",
                           "/v1/ingest/%g0", "/v1/ingest/a%"}) {
    EXPECT_EQ(status("POST", path, 5), 404U) << path;
  }
}

TEST_F(RouteTableTest, RefusesBodiesThatAreTooLargeOrOfNoKnownLength) {
  EXPECT_EQ(status("POST", "/v1/ingest/legs", 101), 413U);
  EXPECT_EQ(status("POST", "/v1/ingest/legs"), 411U);
  EXPECT_EQ(status("GET", "/healthz", 1), 413U);
}

TEST(OpenApi, DescribesEveryRouteButTheAdministrators) {
  const RouteTable table = with_description(
      {route("POST", "/v1/ingest/{source}", "ingest:{source}", 9), route("GET", "/admin/keys", "admin")},
      "1.2.3");

  const std::string text = openapi(table, "1.2.3");

  simdjson::dom::parser parser;
  simdjson::dom::element root;
  ASSERT_EQ(parser.parse(simdjson::padded_string(text)).get(root), simdjson::SUCCESS) << text;
  EXPECT_EQ(root["info"]["version"].get_string().value(), "1.2.3");
  EXPECT_TRUE(root["paths"]["/v1/ingest/{source}"]["post"].is_object());
  EXPECT_TRUE(root["paths"]["/openapi.json"]["get"].is_object());
  EXPECT_THAT(text, ::testing::Not(HasSubstr("admin")));
}

}  // namespace
}  // namespace haul::server
