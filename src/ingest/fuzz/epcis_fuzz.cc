#include "decode_file.h"

namespace haul::ingest {
namespace {

const columnar::Schema& schema() {
  static const columnar::Schema kSchema{{{"event_id", arrow::utf8()},
                                         {"ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")},
                                         {"epcs", arrow::list(arrow::utf8())},
                                         {"biz_step", arrow::utf8()},
                                         {"read_point", arrow::utf8()},
                                         {"sensors", arrow::utf8()},
                                         {"is_error", arrow::boolean()},
                                         {"error_reason", arrow::utf8()},
                                         {"other_fields", arrow::utf8()}}};
  return kSchema;
}

}  // namespace
}  // namespace haul::ingest

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using haul::ingest::Format;
  haul::ingest::decode_file({.format = Format::kEpcis}, haul::ingest::schema(), {"event_id"},
                            {reinterpret_cast<const char*>(data), size});
  return 0;
}
