"""A domain controller of Samba on loopback, in a folder of its own: its KDC has the rules of Active Directory."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from kdc import free_port, program

REALM, DOMAIN = "SAMBA.TEST", "SAMBA"
RC4, AES128, AES256 = 4, 8, 16  # of msDS-SupportedEncryptionTypes ([MS-KILE] 2.2.7)


@dataclass
class SambaDc:
    """The domain controller: use it as a context manager. To make one takes some seconds, most for the schema."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.password_port = free_port(), free_port()
        self.config = self.folder / "krb5.conf"
        self._smb = self.folder / "smb.conf"

    @property
    def variables(self) -> dict[str, str]:
        """What a program needs in its environment to use this realm."""
        return {"KRB5_CONFIG": str(self.config)}

    def _run(self, name: str, *arguments: str, stdin: str | None = None) -> str:
        run = subprocess.run(
            [program(name), *arguments],
            env={"PATH": os.environ["PATH"], **self.variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, f"{name} {arguments}: {run.stdout}{run.stderr}"
        return run.stdout

    def tool(self, *arguments: str) -> None:
        """Runs samba-tool on this domain."""
        self._run("samba-tool", *arguments, "--configfile", str(self._smb))

    def __enter__(self) -> SambaDc:
        folder = self.folder
        realms = f"[realms]\n    {REALM} = {{\n        kdc = 127.0.0.1:{self.port}\n    }}\n"
        flags = "    dns_lookup_kdc = false\n    dns_lookup_realm = false\n    rdns = false\n"
        self.config.write_text(f"[libdefaults]\n    default_realm = {REALM}\n{flags}{realms}")
        provision = [f"--realm={REALM}", f"--domain={DOMAIN}", "--server-role=dc", "--dns-backend=NONE"]
        provision += ["--host-name=dc1", "--host-ip=127.0.0.1", "--adminpass=Passw0rd!", f"--targetdir={folder}"]
        provision += ["--base-schema=2008_R2"]  # the smallest
        self._run("samba-tool", "domain", "provision", *provision)
        (folder / "ncalrpc").mkdir(exist_ok=True)
        self._smb.write_text(
            f"""[global]
    bind interfaces only = yes
    interfaces = 127.0.0.1
    lock directory = {folder}
    cache directory = {folder}/cache
    state directory = {folder}/state
    private dir = {folder}/private
    pid directory = {folder}
    ncalrpc dir = {folder}/ncalrpc
    binddns dir = {folder}/bind-dns
    log file = {folder}/log
    netbios name = DC1
    realm = {REALM}
    workgroup = {DOMAIN}
    server role = active directory domain controller
    server services = kdc
    krb5 port = {self.port}
    kpasswd port = {self.password_port}
[sysvol]
    path = {folder}/state/sysvol
[netlogon]
    path = {folder}/state/sysvol/{REALM.lower()}/scripts
"""
        )
        self._process = subprocess.Popen(
            [program("samba"), "--interactive", "--model=single", f"--configfile={self._smb}"],
            env={"PATH": os.environ["PATH"], **self.variables},
            stdin=subprocess.PIPE,  # it ends with its standard input
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert time.monotonic() < deadline and self._process.poll() is None, "samba does not start"
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _add(self, name: str, kind: str, password: str, enctypes: int, *more: str) -> None:
        domain = ",".join(f"DC={label}" for label in REALM.lower().split("."))
        secret = base64.b64encode(f'"{password}"'.encode("utf-16-le")).decode()
        is_user = kind == "user"
        lines = [
            f"dn: CN={name},CN={'Users' if is_user else 'Computers'},{domain}",
            f"objectClass: {kind}",
            f"sAMAccountName: {name}{'' if is_user else '$'}",
            f"userAccountControl: {0x200 if is_user else 0x1000}",
            f"unicodePwd:: {secret}",
            f"msDS-SupportedEncryptionTypes: {enctypes}",
            *more,
        ]
        self._run("ldbadd", "-H", f"{self.folder}/private/sam.ldb", stdin="\n".join(lines) + "\n")

    def add_user(self, name: str, password: str, enctypes: int = AES128 | AES256) -> None:
        """Adds a user whose tickets are encrypted in these ways."""
        self._add(name, "user", password, enctypes)

    def add_computer(self, name: str, *services: str, enctypes: int = AES128 | AES256) -> Path:
        """Adds a computer with names of services, and gives its keys."""
        self._add(name, "computer", "A password 5!", enctypes, *(f"servicePrincipalName: {spn}" for spn in services))
        return self.keytab(f"{name}$", f"{name}.keytab")

    def keytab(self, principal: str, name: str) -> Path:
        """The keys of an account, as a file."""
        path = self.folder / name
        self.tool("domain", "exportkeytab", str(path), f"--principal={principal}")
        return path

    def kinit(self, user: str, password: str, name: str = "ccache") -> Path:
        """A cache file with a ticket of a user."""
        path = self.folder / name
        self._run("kinit", "-c", f"FILE:{path}", f"{user}@{REALM}", stdin=password + "\n")
        return path
