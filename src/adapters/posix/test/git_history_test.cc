#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX

#include <fstream>

#include "haul/adapters/posix/posix.h"

namespace haul::adapters {
namespace {

Path new_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "haul-git-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

/// A repository whose folder `project` had two files at the tag `first`, and one of them changed since.
class GitRepository : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(project_ / "contracts");
    git("init --quiet");
    write("contracts/b.yaml", "b 1\n");
    write("contracts/a.yaml", "a 1\n");
    write("haul.yaml", "project: x\n");
    git("add .");
    git("-c user.name=t -c user.email=t@example.org commit --quiet -m one");
    git("tag first");
    write("contracts/a.yaml", "a 2\n");
    git("add .");
    git("-c user.name=t -c user.email=t@example.org commit --quiet -m two");
  }
  void TearDown() override { std::filesystem::remove_all(top_); }

  void git(const std::string& arguments) const {
    const std::string command = "git -C '" + top_.string() + "' " + arguments;
    ASSERT_EQ(::system(command.c_str()), 0)
        << command;  // NOLINT(concurrency-mt-unsafe, cert-env33-c): a test
  }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(project_ / file) << text;
  }

  Path top_ = new_directory();
  Path project_ = top_ / "project";
};

TEST_F(GitRepository, GivesTheFilesOfARevision) {
  const auto history = make_git_history(project_);

  EXPECT_EQ(history->list("first", "contracts").value(), (std::vector<std::string>{"a.yaml", "b.yaml"}));
  EXPECT_EQ(history->read("first", "contracts/a.yaml").value(), "a 1\n");
  EXPECT_EQ(history->read("HEAD", "contracts/a.yaml").value(), "a 2\n");
}

TEST_F(GitRepository, HasNoFilesInAFolderThatWasNotThere) {
  EXPECT_TRUE(make_git_history(project_)->list("first", "models")->empty());
}

TEST_F(GitRepository, SaysWhichFileARevisionLacks) {
  const auto read = make_git_history(project_)->read("first", "contracts/c.yaml");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read.error().message, (project_ / "contracts/c.yaml").string() + ": no such file at first");
}

TEST_F(GitRepository, SaysThatARevisionIsUnknown) {
  for (const std::string_view name : {"second", "--help", "first:contracts", ""}) {
    const auto read = make_git_history(project_)->list(name, "contracts");

    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, ErrorCode::kNotFound) << name;
  }
}

TEST(GitHistory, SaysThatAFolderIsInNoRepository) {
  const Path folder = new_directory();

  const auto read = make_git_history(folder)->list("HEAD", "contracts");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kNotFound);
  EXPECT_NE(read.error().message.find("is in no git repository"), std::string::npos) << read.error().message;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace haul::adapters
