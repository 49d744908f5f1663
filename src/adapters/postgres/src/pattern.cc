#include "pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace haul::adapters::postgres {
namespace {

constexpr std::string_view kAnyCharacter = "[\\s\\S]";  // a dot of PostgreSQL takes line ends too
constexpr std::uint64_t kRepeatsMax = 1000;             // RE2's limit, nested ones multiplied

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
char other_case(char c) { return static_cast<char>(is_lower(c) ? c - 'a' + 'A' : c - 'A' + 'a'); }
bool is_plain(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

tl::unexpected<Error> refuse(std::string_view part) {
  return fail(ErrorCode::kInvalidInput,
              fmt::format("`{}` of a regular expression means something of PostgreSQL's own", part));
}

std::string literal(char c, Case letters) {
  if (letters == Case::kIgnored && is_letter(c)) return {'[', c, other_case(c), ']'};
  constexpr std::string_view kSpecial = R"(\^$.|?*+()[]{}/)";
  return kSpecial.find(c) == std::string_view::npos ? std::string(1, c) : std::string{'\\', c};
}

class Translator {
 public:
  Translator(std::string_view regex, Case letters) : rest_(regex), letters_(letters) {}

  Result<std::string> run() {
    if (rest_.starts_with("***")) return refuse("***");
    while (!rest_.empty()) {
      HAUL_TRY(part, next());
      out_ += part;
    }
    if (out_.empty()) return refuse("");
    return std::move(out_);
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  Result<std::string> next() {
    if (rest_.starts_with("(?:")) {
      rest_.remove_prefix(3);
      return std::string("(?:");
    }
    if (rest_.starts_with("(?")) return refuse(rest_.substr(0, 3));
    const char c = take();
    switch (c) {
      case '.':
        return std::string(kAnyCharacter);
      case '[':
        return character_class();
      case '\\':
        return escape();
      case '{':
        return repeat();
      case '^':
      case '$':
      case '|':
      case '(':
      case ')':
      case '*':
      case '+':
      case '?':
        return std::string(1, c);
      default:
        return literal(c, letters_);
    }
  }

  Result<std::string> escape() {
    if (rest_.empty()) return refuse("\\");
    const char c = take();
    if (c == 'd') return std::string("[0-9]");
    if (c == 'n' || c == 't' || c == 'r') return std::string{'\\', c};
    if (is_plain(c) || static_cast<unsigned char>(c) >= 0x80) return refuse(std::string{'\\', c});
    return literal(c, letters_);
  }

  /// {2}, {2,} or {2,5}.
  Result<std::string> repeat() {
    const auto end = rest_.find('}');
    if (end == std::string_view::npos) return refuse("{");
    const std::string body(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    if (body.empty() || body.find_first_not_of("0123456789,") != std::string::npos || body[0] == ',')
      return refuse("{" + body + "}");
    const auto comma = body.find(',');
    const std::string most = comma == std::string::npos || comma + 1 == body.size() ? body.substr(0, comma)
                                                                                    : body.substr(comma + 1);
    std::uint64_t times = 0;
    std::from_chars(most.data(), most.data() + most.size(), times);
    repeats_ *= std::max<std::uint64_t>(times, 1);
    if (times > kRepeatsMax || repeats_ > kRepeatsMax) return refuse("{" + body + "}");
    return "{" + body + "}";
  }

  Result<std::string> character_class() {
    std::string out = "[";
    if (rest_.starts_with('^')) out += take();
    for (bool first = true; !rest_.empty(); first = false) {
      if (rest_.front() == ']' && !first) {
        take();
        return out + "]";
      }
      HAUL_TRY(low, member());
      if (!rest_.starts_with('-') || rest_.starts_with("-]")) {
        add_member(out, low);
        continue;
      }
      take();
      if (rest_.empty()) break;
      HAUL_TRY(high, member());
      const bool of_letters = (is_lower(low) && is_lower(high)) || (is_upper(low) && is_upper(high));
      const bool of_digits = std::isdigit(static_cast<unsigned char>(low)) != 0 &&
                             std::isdigit(static_cast<unsigned char>(high)) != 0;
      if (low > high || !(of_letters || of_digits)) return refuse(std::string{low, '-', high});
      out += {low, '-', high};
      if (letters_ == Case::kIgnored && of_letters) out += {other_case(low), '-', other_case(high)};
    }
    return refuse("[");
  }

  /// One ASCII character of a class.
  Result<char> member() {
    if (rest_.starts_with("[:") || rest_.starts_with("[.") || rest_.starts_with("[="))
      return refuse(rest_.substr(0, 2));
    char c = take();
    if (c == '\\') {
      if (rest_.empty()) return refuse("\\");
      c = take();
      if (is_plain(c)) return refuse(std::string{'\\', c});
    }
    if (static_cast<unsigned char>(c) >= 0x80 || static_cast<unsigned char>(c) < ' ')
      return refuse("a class of other characters than ASCII");
    return c;
  }

  void add_member(std::string& out, char c) const {
    if (c == '\\' || c == ']' || c == '[' || c == '^' || c == '-') out += '\\';
    out += c;
    if (letters_ == Case::kIgnored && is_letter(c)) out += other_case(c);
  }

  std::string_view rest_;
  Case letters_;
  std::string out_;
  std::uint64_t repeats_ = 1;
};

}  // namespace

Result<std::string> pattern_of_regex(std::string_view regex, Case letters) {
  return Translator(regex, letters).run();
}

Result<std::string> pattern_of_like(std::string_view like, Case letters) {
  std::string out = "^";
  bool is_open = false;  // a % at the end needs no pattern
  for (std::size_t at = 0; at < like.size(); ++at) {
    const char c = like[at];
    is_open = c == '%';
    if (c == '%') {
      if (at + 1 == like.size()) break;
      out = out == "^" ? "" : out + std::string(kAnyCharacter) + "*";
    } else if (c == '_') {
      out += kAnyCharacter;
    } else if (c == '\\' && ++at == like.size()) {
      return refuse("\\");
    } else {
      out += literal(like[at], letters);
    }
  }
  if (!is_open) out += '$';
  if (out.empty() || out == "^") out = std::string(kAnyCharacter) + "*";
  return out;
}

}  // namespace haul::adapters::postgres
