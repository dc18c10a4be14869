"""What carries frames between nodes."""

from services.process import Service


class NatsServer(Service):
    name = "nats-server"

    def arguments(self):
        return ["nats-server", "--addr", self.host, "--port", self.port]

    @property
    def url(self):
        return f"nats://{self.host}:{self.port}"


class RedisServer(Service):
    name = "redis-server"

    def arguments(self):
        return ["redis-server", "--bind", self.host, "--port", self.port, "--save", "", "--appendonly", "no",
                "--protected-mode", "no", "--dir", self.directory]

    @property
    def url(self):
        return f"redis://{self.host}:{self.port}"
