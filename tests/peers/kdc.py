"""A KDC of MIT Kerberos on loopback, in a folder of its own; nothing of the machine's configuration is read or written."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

AES_SHA1 = "aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal"
AES_SHA2 = "aes256-cts-hmac-sha384-192:normal aes128-cts-hmac-sha256-128:normal"
MASTER_PASSWORD = "master"


def free_port() -> int:
    """A port of loopback that nobody listens on, over TCP and UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def program(name: str) -> str:
    """The path of a program, also of those that only root has in its path."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    assert found, f"{name} is not installed: tests/peers/run installs it"
    return found


@dataclass
class Kdc:
    """A KDC of one realm: use it as a context manager."""

    folder: Path
    realm: str = "PEERS.TEST"
    enctypes: str = AES_SHA1
    weak: bool = False  # lets RC4 in
    settings: dict[str, str] = field(default_factory=dict)  # of [libdefaults], for the clients
    others: list[Kdc] = field(default_factory=list)  # realms that clients know as well

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.config = self.folder / "krb5.conf"
        (self.folder / "kdc.conf").write_text(
            f"""
[kdcdefaults]
    kdc_listen = 127.0.0.1:{self.port}
    kdc_tcp_listen = 127.0.0.1:{self.port}
[realms]
    {self.realm} = {{
        database_name = {self.folder}/principal
        key_stash_file = {self.folder}/stash
        acl_file = {self.folder}/kadm5.acl
        supported_enctypes = {self.enctypes}{" rc4-hmac:normal" if self.weak else ""}
        master_key_type = {self.enctypes.partition(":")[0]}
        max_renewable_life = 7d
    }}
[logging]
    kdc = FILE:{self.folder}/kdc.log
"""
        )
        self.write_config()

    def write_config(self) -> None:
        """Writes the clients' configuration, which names this realm and the others."""
        realms = "".join(
            f"    {kdc.realm} = {{\n        kdc = 127.0.0.1:{kdc.port}\n    }}\n" for kdc in [self, *self.others]
        )
        settings = {
            "default_realm": self.realm,
            "dns_lookup_kdc": "false",
            "dns_lookup_realm": "false",
            "dns_canonicalize_hostname": "false",
            "rdns": "false",
            **({"allow_weak_crypto": "true", "allow_rc4": "true"} if self.weak else {}),
            **self.settings,
        }
        lines = "".join(f"    {name} = {value}\n" for name, value in settings.items())
        self.config.write_text(f"[libdefaults]\n{lines}[realms]\n{realms}")

    @property
    def variables(self) -> dict[str, str]:
        """What a program needs in its environment to use this realm."""
        return {"KRB5_CONFIG": str(self.config)}

    def _run(self, name: str, *arguments: str, stdin: str | None = None, **variables: str) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
            **self.variables,
            **variables,
        }
        run = subprocess.run(
            [program(name), *arguments], env=environment, input=stdin, capture_output=True, text=True, timeout=30
        )
        assert run.returncode == 0, f"{name} {arguments}: {run.stdout}{run.stderr}"
        return run.stdout

    def __enter__(self) -> Kdc:
        self._run("kdb5_util", "-r", self.realm, "create", "-s", "-P", MASTER_PASSWORD)
        self._process = subprocess.Popen(
            [program("krb5kdc"), "-n", "-r", self.realm],
            env={"PATH": os.environ["PATH"], "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"), **self.variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert time.monotonic() < deadline and self._process.poll() is None, self.log
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    @property
    def log(self) -> str:
        """What the KDC logged."""
        path = self.folder / "kdc.log"
        return path.read_text() if path.exists() else ""

    def admin(self, command: str) -> str:
        """Runs a command of kadmin.local."""
        return self._run("kadmin.local", "-r", self.realm, "-q", command)

    def add(self, principal: str, password: str | None = None, options: str = "") -> None:
        """Adds a principal that has to prove itself beforehand, as those of Windows; with a random key without a password."""
        quoted = "-randkey" if password is None else '-pw "{}"'.format(password.replace('"', '""'))
        self.admin(f"addprinc +requires_preauth {options} {quoted} {principal}")

    def keytab(self, *principals: str, name: str = "keytab", random: bool = True, enctypes: str = "") -> Path:
        """A keytab with new keys of principals, or with those that a password makes."""
        path = self.folder / name
        flags = ("" if random else "-norandkey ") + (f"-e {enctypes} " if enctypes else "")
        for principal in principals:
            self.admin(f"ktadd -k {path} {flags}{principal}")
        return path

    def kinit(self, principal: str, password: str, name: str = "ccache", *options: str, **settings: str) -> Path:
        """A cache file with a ticket of a principal."""
        path = self.folder / name
        self._run("kinit", "-c", f"FILE:{path}", *options, principal, stdin=password + "\n", **settings)
        return path
