#include <algorithm>
#include <array>

#include "odcs_common.h"

namespace haul::contract {
namespace {

// Every type of server that the standard names with the keys it has there. Servers are documentation to Haul:
// where data comes from and goes to stands in sources/ and haul.yaml.
constexpr Field port(Need need = Need::kOptional) { return {"port", Form::kPort, need}; }

constexpr Field kEncoding = since_v32(text("encoding"));

constexpr std::array kApi{text("location", kMust)};
constexpr std::array kAthena{text("stagingDir", Need::kRequiredInV31), text("schema", kMust), text("catalog"),
                             since_v32(text("workgroup")), text("regionName")};
constexpr std::array kAzure{text("location", kMust), text("format", kMust), text("delimiter"), kEncoding};
constexpr std::array kBigQuery{text("project", kMust), text("dataset", kMust)};
constexpr std::array kClickHouse{text("host", kMust), port(kMust), text("database", kMust)};
constexpr std::array kDatabricks{text("host"), text("catalog", kMust), text("schema", kMust)};
constexpr std::array kDenodo{text("host", kMust), port(kMust), text("database")};
constexpr std::array kDremio{text("host", kMust), port(kMust), text("schema")};
constexpr std::array kDuckDb{text("database", kMust), text("schema")};
constexpr std::array kGlue{text("account", kMust), text("database", kMust), text("location"), text("format"),
                           kEncoding};
constexpr std::array kHostPortDatabaseSchema{text("host", kMust), port(kMust), text("database", kMust),
                                             text("schema", kMust)};
constexpr std::array kDb2{text("host", kMust), port(kMust), text("database", kMust), text("schema")};
constexpr std::array kHostDatabase{text("host", kMust), port(), text("database", kMust)};
constexpr std::array kCustom{text("account"),    text("catalog"),     text("database"), text("dataset"),
                             text("delimiter"),  text("endpointUrl"), text("format"),   text("host"),
                             text("location"),   text("path"),        port(),           text("project"),
                             text("region"),     text("regionName"),  text("schema"),   text("serviceName"),
                             text("stagingDir"), text("warehouse"),   text("stream"),   kEncoding};
constexpr std::array kKafka{text("host", kMust), text("format"), kEncoding};
constexpr std::array kKinesis{text("region"), text("format"), kEncoding};
constexpr std::array kLocal{text("path", kMust), text("format", kMust), kEncoding};
constexpr std::array kOracle{text("host", kMust), port(kMust), text("serviceName", kMust)};
constexpr std::array kPresto{text("host", kMust), text("catalog"), text("schema")};
constexpr std::array kPubSub{text("project", kMust)};
constexpr std::array kRedshift{text("host"), text("database", kMust), text("schema", kMust), text("region"),
                               text("account")};
constexpr std::array kS3{text("location", kMust), text("endpointUrl"), text("format"), text("delimiter"),
                         kEncoding};
constexpr std::array kSftp{Field{.key = "location", .need = kMust, .prefix = "sftp://"}, text("format"),
                           text("delimiter"), kEncoding};
constexpr std::array kSnowflake{text("host"),           port(),
                                text("account", kMust), text("database", kMust),
                                text("schema", kMust),  text("warehouse")};
constexpr std::array kSqlServer{text("host", kMust), port(), text("database", kMust), text("schema", kMust)};
constexpr std::array kTrino{text("host", kMust), port(kMust), text("catalog", kMust), text("schema", kMust)};

// Since v3.2.
constexpr std::array kExasol{text("host", kMust), port(), text("schema")};
constexpr std::array kDatabaseHost{text("database", kMust), text("host"), port()};
constexpr std::array kHana{text("host", kMust), port(), text("database"), text("schema")};
constexpr std::array kIceberg{text("catalog", kMust), text("catalogUrl", kMust), text("namespace"),
                              text("warehouse")};
constexpr std::array kTeradata{text("host", kMust), port(), text("database")};

struct ServerType {
  std::string_view name;
  std::span<const Field> keys;
};
/// In the order of their names, those of v3.2 after those of v3.1.
constexpr std::array<ServerType, 44> kTypes{{{"api", kApi},
                                             {"athena", kAthena},
                                             {"azure", kAzure},
                                             {"bigquery", kBigQuery},
                                             {"clickhouse", kClickHouse},
                                             {"cloudsql", kHostPortDatabaseSchema},
                                             {"custom", kCustom},
                                             {"databricks", kDatabricks},
                                             {"db2", kDb2},
                                             {"denodo", kDenodo},
                                             {"dremio", kDremio},
                                             {"duckdb", kDuckDb},
                                             {"glue", kGlue},
                                             {"hive", kHostDatabase},
                                             {"impala", kHostDatabase},
                                             {"informix", kHostDatabase},
                                             {"kafka", kKafka},
                                             {"kinesis", kKinesis},
                                             {"local", kLocal},
                                             {"mysql", kClickHouse},
                                             {"oracle", kOracle},
                                             {"postgres", kHostPortDatabaseSchema},
                                             {"postgresql", kHostPortDatabaseSchema},
                                             {"presto", kPresto},
                                             {"pubsub", kPubSub},
                                             {"redshift", kRedshift},
                                             {"s3", kS3},
                                             {"sftp", kSftp},
                                             {"snowflake", kSnowflake},
                                             {"sqlserver", kSqlServer},
                                             {"synapse", kClickHouse},
                                             {"trino", kTrino},
                                             {"vertica", kHostPortDatabaseSchema},
                                             {"zen", kHostDatabase},
                                             {"btrieve", kHostDatabase},
                                             {"exasol", kExasol},
                                             {"fastobjects", kDatabaseHost},
                                             {"hana", kHana},
                                             {"iceberg", kIceberg},
                                             {"ingres", kHostDatabase},
                                             {"poet", kDatabaseHost},
                                             {"teradata", kTeradata},
                                             {"vectorwise", kHostDatabase},
                                             {"versant", kDatabaseHost}}};
constexpr std::size_t kTypesOfV31 = 34;

constexpr auto kNames = [] {
  std::array<std::string_view, kTypes.size()> names;
  std::transform(kTypes.begin(), kTypes.end(), names.begin(),
                 [](const ServerType& type) { return type.name; });
  return names;
}();
constexpr Words kNamesOfV31 = Words(kNames).first(kTypesOfV31);
constexpr Words kNamesOfV32 = Words(kNames).subspan(kTypesOfV31);

constexpr std::array kBase{kId,
                           text("server", kMust),
                           word("type", kNamesOfV31, kMust, kNamesOfV32),
                           text("description"),
                           text("environment"),
                           list("roles", &kRole),
                           kCustomProperties};

constexpr auto kShapes = [] {
  std::array<Shape, kTypes.size()> shapes;
  std::transform(kTypes.begin(), kTypes.end(), shapes.begin(), [](const ServerType& type) {
    return Shape{"a server of this type", kBase, type.keys};
  });
  return shapes;
}();
constexpr Shape kUnknownType{"a server", kBase, kCustom};

}  // namespace

const Shape* server_shape(const YamlNode& /*around*/, const YamlNode& server) {
  const auto type = text_at(server, "type");
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const ServerType& each) { return type && each.name == *type; });
  return found == kTypes.end() ? &kUnknownType
                               : &kShapes.at(static_cast<std::size_t>(found - kTypes.begin()));
}

}  // namespace haul::contract
