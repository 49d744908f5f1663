#include "console.h"

#include <arrow/table.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace haul::app {
namespace {

class StandardOutput final : public ByteSink {
 public:
  Result<void> append(std::span<const std::byte> bytes) override {
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
    if (written && std::fflush(stdout) == 0) return {};
    return fail(ErrorCode::kUnavailable, "standard output was closed");
  }
};

std::size_t terminal_width() {
  winsize size{};
  const bool is_terminal =
      ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;  // NOLINT(cppcoreguidelines-pro-type-vararg)
  return is_terminal && size.ws_col >= 40 ? size.ws_col : query::TableStyle{}.width_max;
}

}  // namespace

ByteSink& standard_output() {
  static StandardOutput output;
  return output;
}

std::unique_ptr<query::Renderer> renderer_for(OutputFormat format, ByteSink& sink,
                                              query::TableStyle::Footer footer) {
  switch (format) {
    case OutputFormat::kTable:
      return query::make_table_renderer(sink, {terminal_width(), footer});
    case OutputFormat::kJson:
      return query::make_json_renderer(sink);
    case OutputFormat::kCsv:
      return query::make_csv_renderer(sink);
    case OutputFormat::kParquet:
      return query::make_parquet_renderer(sink);
  }
  return nullptr;
}

Result<void> print_text(std::string_view text) {
  return standard_output().append(std::as_bytes(std::span(text)));
}

Result<void> print(const Report& report, OutputFormat format) {
  const auto renderer = renderer_for(format, standard_output(), query::TableStyle::Footer::kNone);
  return query::render(*report.to_arrow(), *renderer);
}

}  // namespace haul::app
