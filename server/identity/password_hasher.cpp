#include "identity/password_hasher.hpp"

#include <sodium.h>

#include <array>
#include <new>
#include <stdexcept>

namespace orbit::identity {

namespace {

class Place {
 public:
  explicit Place(std::counting_semaphore<PasswordHasher::max_at_once>& places) : places_(places) { places_.acquire(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { places_.release(); }

 private:
  std::counting_semaphore<PasswordHasher::max_at_once>& places_;
};

}  // namespace

PasswordHasher::Cost PasswordHasher::interactive_cost() {
  return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

PasswordHasher::Cost PasswordHasher::least_cost() { return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}; }

PasswordHasher::PasswordHasher(Cost cost) : cost_(cost) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium could not be initialised");
  hash_of_nothing_ = hash("");
}

std::string PasswordHasher::hash(std::string_view password) const {
  const Place place(places_);
  ++computed_;
  std::array<char, crypto_pwhash_STRBYTES> text;
  if (crypto_pwhash_str(text.data(), password.data(), password.size(), cost_.operations, cost_.memory_bytes) != 0) {
    throw std::bad_alloc();
  }
  return text.data();
}

bool PasswordHasher::verify(std::string_view password, const std::string& hash) const {
  const Place place(places_);
  ++computed_;
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::verify_nothing(std::string_view password) const {
  static_cast<void>(verify(password, hash_of_nothing_));
}

}  // namespace orbit::identity
