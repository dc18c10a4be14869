// HttpConnection: one connection to the node that asks and awaits the answer, again and again. Belongs to the poller's
// thread; not to be destroyed from within its own callback.
#pragma once

#include <functional>
#include <string>

#include "load/http_answer.hpp"
#include "load/poller.hpp"

namespace orbit::bench {

class HttpConnection final : PollHandler {
 public:
  using OnAnswer = std::function<void(Outcome<HttpAnswer>)>;

  HttpConnection(Poller& poller, unsigned short port) : poller_(poller), port_(port) {}
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection() { disconnect(); }

  /// Connects first where it isn't. One question at a time; the next may be asked from the callback.
  void ask(std::string request, OnAnswer on_answer);

 private:
  void on_ready(std::uint32_t events) override;
  void push();
  void pull();
  void finish(Outcome<HttpAnswer> answer);
  void disconnect();

  Poller& poller_;
  const unsigned short port_;
  Descriptor socket_;
  std::string out_;
  std::size_t sent_ = 0;
  HttpAnswerParser parser_;
  OnAnswer on_answer_;
};

}  // namespace orbit::bench
