#include <fmt/format.h>

#include "command.h"
#include "examples.h"
#include "platform.h"

namespace haul::app {

Result<Exit> command_init(const CommandContext&, const InitArguments& arguments) {
  Platform platform(Path(arguments.folder) / "state");
  HAUL_TRY_VOID(write_example(platform.files(), arguments.example, arguments.folder));
  fmt::print("Made the project {0} from the example {1}. Next:\n  cd {0}\n  haul check --tests\n",
             arguments.folder, arguments.example);
  return Exit::kDone;
}

}  // namespace haul::app
