#include "task_team.h"

#include <algorithm>
#include <system_error>

#include "haul/base/check.h"

namespace haul::eventlog {

TaskTeam::~TaskTeam() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  work_came_.notify_all();
  for (auto& helper : helpers_) helper.join();
}

void TaskTeam::run(std::size_t count, const std::function<void(std::size_t)>& task) {
  if (count == 0) return;
  if (count == 1) return task(0);
  hire(std::min(helpers_max_, count - 1));

  std::unique_lock lock(mutex_);
  HAUL_CHECK(task_ == nullptr, "one run at a time");
  task_ = &task;
  next_ = 0;
  count_ = count;
  unfinished_ = count;
  work_came_.notify_all();
  work_off(lock);
  work_ended_.wait(lock, [this] { return unfinished_ == 0; });
  task_ = nullptr;
}

void TaskTeam::hire(std::size_t count) {
  try {
    while (helpers_.size() < count) helpers_.emplace_back([this] { help(); });
  } catch (const std::system_error&) {
    // The machine gives no more threads: those there are, the caller among them, do the work.
  }
}

void TaskTeam::help() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_came_.wait(lock, [this] { return is_closing_ || (task_ != nullptr && next_ < count_); });
    if (is_closing_) return;
    work_off(lock);
  }
}

void TaskTeam::work_off(std::unique_lock<std::mutex>& lock) {
  while (task_ != nullptr && next_ < count_) {
    const std::size_t mine = next_++;
    const auto& task = *task_;
    lock.unlock();
    task(mine);
    lock.lock();
    if (--unfinished_ == 0) work_ended_.notify_one();
  }
}

}  // namespace haul::eventlog
