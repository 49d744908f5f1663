#include "decode_file.h"

namespace haul::ingest {
namespace {

const columnar::Schema& schema() {
  static const columnar::Schema kSchema{{{"id", arrow::utf8()},
                                         {"ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                         {"speed", arrow::float64()},
                                         {"seq", arrow::int32()},
                                         {"day", arrow::date32()},
                                         {"price", arrow::decimal128(9, 2)},
                                         {"moving", arrow::boolean()}}};
  return kSchema;
}

}  // namespace
}  // namespace haul::ingest

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using haul::ingest::Format;
  haul::ingest::decode_file({.format = Format::kCsv}, haul::ingest::schema(), {"id"},
                            {reinterpret_cast<const char*>(data), size});
  return 0;
}
