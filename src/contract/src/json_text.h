#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace haul::contract {

/// A JSON object as it is written: members in the order they were added.
class JsonObject {
 public:
  /// `json` is JSON already.
  void add(std::string_view key, std::string_view json);
  void add_text(std::string_view key, std::string_view text);
  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }
  [[nodiscard]] bool empty() const { return members_.empty(); }

 private:
  std::string members_;
};

/// A list of what is JSON already.
[[nodiscard]] std::string json_list(const std::vector<std::string>& items);

/// JSON laid out for people: two blanks a level, a list or an object that fits into 100 characters on one
/// line. `json` is valid JSON without blanks outside of texts. Ends with a line end.
[[nodiscard]] std::string laid_out_json(std::string_view json);

}  // namespace haul::contract
