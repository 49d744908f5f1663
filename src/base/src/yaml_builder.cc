#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "yaml_document.h"
#include "yaml_scalar.h"
#include "yaml_source.h"

namespace haul {
namespace {

constexpr std::size_t kTextBytesMax = 16'000'000;
constexpr std::size_t kLevelsMax = 64;
constexpr std::size_t kNodesMax = 500'000;
constexpr std::string_view kTextTag = "tag:yaml.org,2002:str";

/// Ends the parse from inside a callback of yaml-cpp; caught in build().
class Refusal : public std::runtime_error {
 public:
  Refusal(const YAML::Mark& mark, const std::string& message) : std::runtime_error(message), mark_(mark) {}
  [[nodiscard]] const YAML::Mark& mark() const { return mark_; }

 private:
  YAML::Mark mark_;
};

}  // namespace

/// Builds the nodes from the parser's events.
class YamlNode::Builder::Handler final : public YAML::EventHandler {
 public:
  Handler(const YamlSource& source, Document& document) : source_(source), document_(document) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_document_) throw Refusal(mark, "a second document begins here; keep one document in a file");
    has_document_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) throw Refusal(mark, "a key is missing here; keys are text");
    YAML::Mark place = mark;
    if (!open_.empty() && open_.back().pending) {
      const PendingKey& key = *open_.back().pending;
      if (key.mark.line == mark.line && key.mark.column == mark.column) {
        throw Refusal(mark, fmt::format("the key `{}` has no colon; write `{}: VALUE`", key.text, key.text));
      }
      place = key.mark;
    }
    finish(add(place, Kind::kNull), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) throw Refusal(mark, "an alias stands for a key; write the key");
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end()) {
      throw Refusal(mark, "the alias stands inside its own anchor; a document cannot contain itself");
    }
    attach(target->second, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool plain = tag == "?";
    if (!plain && tag != "!" && tag != kTextTag) {
      throw Refusal(mark, fmt::format("the tag `{}` is not read; write the value without it", tag));
    }
    if (!plain && !source_.is_quote_closed(mark.line, mark.column)) {
      throw Refusal(mark, "the quote that opens here is never closed");
    }
    if (expects_key()) return take_key(mark, value);
    const auto type = plain ? type_of_plain(value) : ScalarType::kText;
    const std::size_t index = add(mark, type ? Kind::kScalar : Kind::kNull);
    if (type) {
      const bool is_number = *type == ScalarType::kNumber || *type == ScalarType::kInteger;
      if (is_number && !read_number(value)) {
        throw Refusal(
            mark, fmt::format("`{}` is no number that 64 bits hold; for text, write it in quotes", value));
      }
      document_.nodes[index].scalar_type = *type;
      document_.nodes[index].text = value;
    }
    finish(index, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, Kind::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  struct PendingKey {
    std::string text;
    YAML::Mark mark;
  };
  struct Open {
    std::size_t index = 0;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::optional<PendingKey> pending;
    std::map<std::string, int, std::less<>> lines_of_keys;
  };
  /// How much a node stands for once its aliases are written out.
  struct Extent {
    std::size_t nodes = 1;
    std::size_t levels = 1;
  };

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && document_.nodes[open_.back().index].kind == Kind::kMap && !open_.back().pending;
  }

  std::size_t add(const YAML::Mark& mark, Kind kind) {
    Node node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = source_.character_column(mark.line, mark.column);
    document_.nodes.push_back(std::move(node));
    extents_.emplace_back();
    marks_.push_back(mark);
    return document_.nodes.size() - 1;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    if (tag != "?" && !tag.empty()) {
      throw Refusal(mark, fmt::format("the tag `{}` is not read; write the value without it", tag));
    }
    if (expects_key()) throw Refusal(mark, "a list or a map stands for a key; keys are text");
    if (open_.size() >= kLevelsMax) throw Refusal(mark, too_deep());
    open_.push_back(Open{add(mark, kind), anchor, std::nullopt, {}});
  }

  void close() {
    const Open closed = std::move(open_.back());
    open_.pop_back();
    finish(closed.index, closed.anchor);
  }

  /// The node is whole: aliases may name it, and it takes its place in its parent.
  void finish(std::size_t index, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = index;
    attach(index, marks_[index]);
  }

  void attach(std::size_t index, const YAML::Mark& mark) {
    const Extent extent = extents_[index];
    if (open_.size() + extent.levels > kLevelsMax + 1) throw Refusal(mark, too_deep());
    if (extent.nodes > kNodesMax) throw Refusal(mark, too_many());
    if (open_.empty()) {
      document_.root = index;
      return;
    }
    Open& parent = open_.back();
    Extent& whole = extents_[parent.index];
    whole.nodes += extent.nodes;
    whole.levels = std::max(whole.levels, extent.levels + 1);
    if (whole.nodes > kNodesMax) throw Refusal(mark, too_many());
    Node& node = document_.nodes[parent.index];
    node.children.push_back(index);
    if (node.kind == Kind::kMap) {
      const YAML::Mark& key = parent.pending->mark;
      node.keys.push_back(
          {std::move(parent.pending->text), key.line + 1, source_.character_column(key.line, key.column)});
      parent.pending.reset();
    }
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    const auto [known, is_new] = open_.back().lines_of_keys.emplace(key, mark.line + 1);
    if (!is_new) {
      throw Refusal(
          mark, fmt::format("the key `{}` stands twice, first in line {}; remove one", key, known->second));
    }
    open_.back().pending = PendingKey{key, mark};
  }

  static std::string too_deep() {
    return fmt::format("more than {} levels; make the document flatter", kLevelsMax);
  }
  static std::string too_many() {
    return fmt::format("more than {} values once the aliases are written out; split the file", kNodesMax);
  }

  const YamlSource& source_;
  Document& document_;
  std::vector<Extent> extents_;    // one for each node of the document
  std::vector<YAML::Mark> marks_;  // likewise
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::size_t> anchors_;
  bool has_document_ = false;
};

Result<std::shared_ptr<const YamlNode::Document>> YamlNode::Builder::build(std::string_view text,
                                                                           std::string file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > kTextBytesMax) {
    return fail(ErrorCode::kInvalidInput, fmt::format("{}:1:1: {} bytes, more than {}; split the file", file,
                                                      text.size(), kTextBytesMax));
  }
  const YamlSource source(text);
  const auto refuse = [&](int line, int byte_column, std::string_view message) {
    const int column = source.character_column(line, byte_column);
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}:{}:{}: {}", file, std::max(line, 0) + 1, column, message));
  };
  if (const auto flaw = source.find_flaw()) return refuse(flaw->line, flaw->byte_column, flaw->message);

  auto document = std::make_shared<Document>();
  document->file = file;
  Handler handler(source, *document);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const Refusal& refusal) {
    return refuse(refusal.mark().line, refusal.mark().column, refusal.what());
  } catch (const YAML::Exception& problem) {
    return refuse(problem.mark.line, problem.mark.column, fmt::format("not YAML: {}", problem.msg));
  } catch (const std::exception& problem) {
    return refuse(0, 0, fmt::format("not YAML: {}", problem.what()));
  }
  if (document->nodes.empty()) document->nodes.emplace_back();
  return std::shared_ptr<const Document>(std::move(document));
}

}  // namespace haul
