#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"

namespace haul::ingest {

/// A column and the form its field is given in.
struct EpcisColumn {
  std::string name;
  bool wants_text = true;  ///< Lists and objects as JSON text; else as they are.
};

/// The fields of EPCIS events, as docs/epcis.md lists them.
[[nodiscard]] std::vector<std::string_view> epcis_fields();

/// Makes flat JSON objects of EPCIS 2.0 events: the wanted fields by name, nothing else. One thread.
class EpcisFlattener {
 public:
  /// kInvalidInput: no field is called as a column; says which one is near.
  static Result<EpcisFlattener> make(std::vector<EpcisColumn> columns);
  ~EpcisFlattener();
  EpcisFlattener(EpcisFlattener&&) noexcept;
  EpcisFlattener& operator=(EpcisFlattener&&) noexcept;

  /// Appends the event in `row` to `out`, on one line without its end. kInvalidInput: no JSON, or no event;
  /// then `out` is as it was.
  Result<void> append(std::string_view row, std::string& out);

 private:
  class Machine;
  explicit EpcisFlattener(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace haul::ingest
