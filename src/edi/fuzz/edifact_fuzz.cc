#include "read_interchanges.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  haul::edi::read_interchanges(haul::edi::Standard::kEdifact, {reinterpret_cast<const char*>(data), size});
  return 0;
}
