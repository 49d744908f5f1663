// Runs a fuzz target over the files of a folder, and over small changes of each that are the same every time.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "haul/base/rng.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kChangesPerFile = 50;

void run(const std::string& text) {
  // A copy that is exactly as long: a read past its end is found by AddressSanitizer.
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string changed(std::string text, haul::Rng& rng) {
  for (auto changes = 1 + haul::below(rng, 4); changes > 0 && !text.empty(); --changes) {
    const auto at = haul::below(rng, text.size());
    const auto length = haul::below(rng, 16);
    switch (haul::below(rng, 4)) {
      case 0:
        text[at] = static_cast<char>(haul::below(rng, 256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(haul::below(rng, text.size()), length));
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s CORPUS\n", arguments[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  haul::SeededRng rng(1);
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    run(text);
    for (int i = 0; i < kChangesPerFile; ++i) run(changed(text, rng));
  }
  std::fprintf(stderr, "%zu files and %d changes of each\n", files.size(), kChangesPerFile);
  return files.empty() ? 1 : 0;
}
