#include "json_text.h"

#include "haul/base/check.h"
#include "haul/base/json.h"

namespace haul::contract {
namespace {

constexpr std::size_t kWidth = 100;

/// Where the text, list, object or word ends that begins at `at`.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  bool in_text = false;
  for (; at < json.size(); ++at) {
    const char c = json[at];
    if (in_text) {
      if (c == '\\') ++at;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      if (depth == 0) return at;
      --depth;
    } else if ((c == ',' || c == ':') && depth == 0) {
      return at;
    }
  }
  return at;
}

class Layout {
 public:
  explicit Layout(std::string_view json) : json_(json) {}

  std::string finish() {
    write_value(0, 0);
    out_ += '\n';
    return std::move(out_);
  }

 private:
  /// Writes the value at `at` and gives the place behind it; `used` characters of its line are taken.
  std::size_t write_value(std::size_t at, std::size_t used) {
    const std::size_t end = end_of_value(json_, at);
    const char open = json_[at];
    if (open != '[' && open != '{') {
      out_ += json_.substr(at, end - at);
      return end;
    }
    if (end - at == 2) {
      out_ += json_.substr(at, 2);
      return end;
    }
    const bool on_one_line = on_one_line_ || used + spaced_length(at, end) <= kWidth;
    const bool outermost = on_one_line && !on_one_line_;
    if (outermost) on_one_line_ = true;
    write_items(at, end);
    if (outermost) on_one_line_ = false;
    return end;
  }

  void write_items(std::size_t at, std::size_t end) {
    out_ += json_[at];
    depth_ += 1;
    for (std::size_t item = at + 1; item < end - 1;) {
      if (!on_one_line_) {
        out_ += '\n';
        out_.append(depth_ * 2, ' ');
      }
      std::size_t after = end_of_value(json_, item);
      std::size_t used = depth_ * 2;
      if (json_[after] == ':') {
        out_ += json_.substr(item, after - item);
        out_ += ": ";
        used += after - item + 2;
        item = after + 1;
      }
      after = write_value(item, used);
      if (json_[after] == ',') {
        out_ += on_one_line_ ? ", " : ",";
        ++after;
      }
      item = after;
    }
    depth_ -= 1;
    if (!on_one_line_) {
      out_ += '\n';
      out_.append(depth_ * 2, ' ');
    }
    out_ += json_[end - 1];
  }

  /// How long a value is on one line, with a blank behind each comma and colon.
  [[nodiscard]] std::size_t spaced_length(std::size_t at, std::size_t end) const {
    std::size_t length = end - at;
    bool in_text = false;
    for (; at < end; ++at) {
      if (json_[at] == '"') in_text = !in_text;
      if (json_[at] == '\\') ++at;
      if (!in_text && (json_[at] == ',' || json_[at] == ':')) ++length;
    }
    return length;
  }

  std::string_view json_;
  std::string out_;
  std::size_t depth_ = 0;
  bool on_one_line_ = false;
};

}  // namespace

void JsonObject::add(std::string_view key, std::string_view json) {
  if (!members_.empty()) members_ += ',';
  append_json_string(members_, key);
  members_ += ':';
  members_ += json;
}

void JsonObject::add_text(std::string_view key, std::string_view text) { add(key, json_string(text)); }

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ',';
    out += item;
  }
  return out + "]";
}

std::string laid_out_json(std::string_view json) {
  HAUL_CHECK(!json.empty(), "a JSON text has a value");
  return Layout(json).finish();
}

}  // namespace haul::contract
