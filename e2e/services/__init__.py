"""The real servers around Orbit, private to a test: each on a free loopback port with its files in a directory of its own,
stopped, killed and frozen by the process id that was started here."""

from services.brokers import NatsServer, RedisServer
from services.database import PgBouncer, PostgreSQL
from services.network import Namespace, may_make_namespaces
from services.process import Service, free_port, unprivileged_user
from services.proxies import HAProxy, Nginx, deployed

__all__ = ["HAProxy", "Namespace", "NatsServer", "Nginx", "PgBouncer", "PostgreSQL", "RedisServer", "Service", "deployed", "free_port",
           "may_make_namespaces", "unprivileged_user"]
